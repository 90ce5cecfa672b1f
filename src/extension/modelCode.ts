/** What of the extension is loaded with the first model: a third of the code that completes, behind its activation. */
export { createCompletionProvider } from "../completion/createCompletionProvider.ts";
export { loadTokenizer } from "../tokenizer/loadTokenizer.ts";
