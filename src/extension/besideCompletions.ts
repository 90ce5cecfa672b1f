/** What of the extension is loaded after its completions. */
export { registerAssistance } from "./registerAssistance.ts";
export { registerServers } from "./servers/registerServers.ts";
