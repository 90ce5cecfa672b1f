/** What answers at an address. "auto" is found out with the first request. */
export const serverKindSettings = [
	"auto",
	"vllm",
	"llama.cpp",
	"ollama",
	"lmstudio",
	"deepseek",
	"openai",
] as const;

export type ServerKindSetting = (typeof serverKindSettings)[number];
export type ServerKind = Exclude<ServerKindSetting, "auto">;

/**
 * Who makes the fill-in-the-middle prompt:
 * - "template": it is made here, with the markers of the model's family, and sent as a plain prompt;
 * - "infill": llama.cpp's own endpoint, which takes the parts and reads the markers from the model file;
 * - "suffix": the `suffix` of a completion request, for which the server has the template.
 */
export type InfillRoute = "template" | "infill" | "suffix";

/**
 * Ollama puts the prompt of `/v1/completions` through the model's chat template, so a prompt made here
 * would be wrapped in a conversation; its templates for code models do have a branch for the suffix.
 */
export const infillRoutes: Readonly<Record<ServerKind, InfillRoute>> = {
	vllm: "template",
	"llama.cpp": "infill",
	ollama: "suffix",
	lmstudio: "template",
	deepseek: "suffix",
	openai: "template",
};

/** What the address alone tells: the provider's host, and the ports that these servers use by default. */
export function kindFromAddress(url: URL): ServerKind | undefined {
	if (url.hostname === "deepseek.com" || url.hostname.endsWith(".deepseek.com")) {
		return "deepseek";
	}
	if (url.hostname === "openai.com" || url.hostname.endsWith(".openai.com")) {
		return "openai";
	}
	return kindsByPort.get(url.port);
}

const kindsByPort: ReadonlyMap<string, ServerKind> = new Map([
	["11434", "ollama"],
	["1234", "lmstudio"],
]);

/** What these servers put into `owned_by` in the list of models. */
const kindsByOwner: ReadonlyMap<string, ServerKind> = new Map([
	["vllm", "vllm"],
	["llamacpp", "llama.cpp"],
	["library", "ollama"],
	["organization_owner", "lmstudio"],
	["deepseek", "deepseek"],
]);

export function kindFromOwner(owner: string | undefined): ServerKind | undefined {
	return owner === undefined ? undefined : kindsByOwner.get(owner);
}
