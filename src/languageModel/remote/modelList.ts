import { isList, isRecord } from "./serverWords.ts";

/** One model that a server has, as far as it tells. */
export interface ListEntry {
	readonly id: string;
	readonly owner: string | undefined;
	/** Most tokens of prompt and answer together. */
	readonly contextTokens: number | undefined;
	/** False for what surely writes no text: embeddings, rankings, speech, pictures. */
	readonly writes: boolean;
}

/** No server has more for a person to choose from; what follows is left out. */
const maxEntries = 20_000;
const maxIdLength = 512;
const maxContextTokens = 100_000_000;

/**
 * Reads a list of models: OpenAI's `{data: [{id}]}`, Ollama's and llama.cpp's `{models: [{name}]}`, a bare array, or
 * names alone. What is odd in one entry costs that entry, or the part of it; undefined for what is no list at all.
 */
export function modelList(value: unknown): readonly ListEntry[] | undefined {
	const entries = entriesIn(typeof value === "string" ? jsonIn(value) : value);
	const seen = new Set<string>();
	return entries?.slice(0, maxEntries).flatMap((entry) => {
		const read = listEntry(entry);
		if (read === undefined || seen.has(read.id)) {
			return [];
		}
		seen.add(read.id);
		return [read];
	});
}

/** Of a server that names another type for it. */
function jsonIn(text: string): unknown {
	try {
		// A byte order mark in front counts as white space.
		return JSON.parse(text.trim());
	} catch {
		return undefined;
	}
}

/** Where gateways and services put the list. */
const listKeys = [
	"data",
	"models",
	"result",
	"results",
	"items",
	"list",
	"records",
	"response",
	"value",
	"model_list",
	"model_names",
	"available_models",
	"modelSummaries",
];

function entriesIn(value: unknown, depth = 3): readonly unknown[] | undefined {
	if (isList(value)) {
		return value.flat();
	}
	if (!isRecord(value)) {
		return undefined;
	}
	for (const key of listKeys) {
		const list = value[key];
		if (isList(list) && list.length > 0) {
			return list.flat();
		}
		if (isRecord(list) && depth > 0) {
			return entriesIn(list, depth - 1) ?? entriesByName(list);
		}
	}
	if (value["object"] === "model") {
		return [value];
	}
	const isEmptyList = value["object"] === "list" || ["data", "models"].some((key) => key in value);
	return isEmptyList ? [] : undefined;
}

/** A list as an object, with what is said of each model under its name. */
function entriesByName(record: Readonly<Record<string, unknown>>): readonly unknown[] | undefined {
	const named = Object.entries(record).slice(0, maxEntries);
	return named.every(([name, entry]) => isRecord(entry) && name !== "error")
		? named.map(([name, entry]) => (isRecord(entry) ? { name, ...entry } : name))
		: undefined;
}

const idKeys = ["id", "model", "name", "key", "model_name", "model_id", "modelId", "slug"];

function listEntry(entry: unknown): ListEntry | undefined {
	const fields = isRecord(entry) ? entry : { id: typeof entry === "string" ? entry : undefined };
	const id = idKeys
		.map((key) => fields[key])
		.map((name) => (typeof name === "number" ? String(name) : name))
		.find(isId);
	if (id === undefined) {
		return undefined;
	}
	const owner = fields["owned_by"];
	return {
		id,
		owner: typeof owner === "string" ? owner : undefined,
		contextTokens: contextTokensIn(fields),
		writes: writesText(id, fields),
	};
}

function isId(value: unknown): value is string {
	return (
		typeof value === "string" &&
		value.trim() !== "" &&
		value.length <= maxIdLength &&
		// It is shown, logged and sent.
		!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(value)
	);
}

/** What was set when the server started before what the model was trained for. */
function contextTokensIn(fields: Readonly<Record<string, unknown>>): number | undefined {
	const { meta, top_provider: provider, limits } = fields;
	const told = [
		// vLLM and SGLang.
		fields["max_model_len"],
		// LM Studio: as loaded.
		fields["loaded_context_length"],
		// llama.cpp.
		isRecord(meta) ? meta["n_ctx"] : undefined,
		// Hosted services.
		isRecord(provider) ? provider["context_length"] : undefined,
		fields["context_length"],
		fields["context_window"],
		fields["max_context_length"],
		fields["max_input_tokens"],
		// Text Generation Inference, and Google's own protocol.
		fields["max_total_tokens"],
		fields["inputTokenLimit"],
		isRecord(limits) ? limits["max_context_length"] : undefined,
	];
	return told.map(tokenCount).find((count) => count !== undefined);
}

function tokenCount(value: unknown): number | undefined {
	const isNumeral = typeof value === "string" && /^\d{1,12}$/.test(value.trim());
	const count = typeof value === "number" || isNumeral ? Math.floor(Number(value)) : NaN;
	return count > 0 && count <= maxContextTokens ? count : undefined;
}

/** Names of models that write no text, as their makers and Ollama's library spell them. */
const otherName =
	/embed|(?:^|[/_-])(?:bge|gte|e5|minilm|sbert|colbert|whisper|tts|dall-e|clip|siglip|flux|sdxl|sora|gpt-image|realtime|paraphrase|stable-diffusion|moderation|rerank(?:er)?)(?:[._:-]|$)|rerank|all-minilm|whisper|text-to-speech|transcribe/i;

const otherType = /embed|rerank|audio|speech|image|vision-encoder|moderation|transcri/i;

function writesText(id: string, fields: Readonly<Record<string, unknown>>): boolean {
	const { type, task, capabilities, architecture } = fields;
	if (typeof type === "string" && /^(?:llm|vlm|chat|language|code|text)$/i.test(type)) {
		return true;
	}
	const kinds = [type, task, isRecord(capabilities) ? capabilities["type"] : undefined];
	if (kinds.some((kind) => typeof kind === "string" && otherType.test(kind))) {
		return false;
	}
	const { output_modalities: outputs }: Readonly<Record<string, unknown>> = isRecord(architecture)
		? architecture
		: {};
	if (isList(outputs) && outputs.length > 0 && !outputs.includes("text")) {
		return false;
	}
	// Mistral's flag.
	if (isRecord(capabilities) && capabilities["completion_chat"] === false) {
		return capabilities["completion_fim"] === true;
	}
	if (Array.isArray(capabilities) && capabilities.length > 0) {
		const named: readonly unknown[] = capabilities;
		const isOther = named.every((each) => typeof each === "string" && otherType.test(each));
		return !isOther;
	}
	return !otherName.test(id);
}
