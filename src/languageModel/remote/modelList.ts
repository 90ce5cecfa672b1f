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
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function entriesIn(value: unknown, depth = 2): readonly unknown[] | undefined {
	if (isList(value)) {
		return value;
	}
	if (!isRecord(value)) {
		return undefined;
	}
	for (const key of ["data", "models", "result", "items"]) {
		const list = value[key];
		if (isList(list) && list.length > 0) {
			return list;
		}
		if (isRecord(list) && depth > 0) {
			return entriesIn(list, depth - 1);
		}
	}
	const isEmptyList = ["data", "models"].some((key) => key in value);
	return isEmptyList ? [] : undefined;
}

function listEntry(entry: unknown): ListEntry | undefined {
	const fields = isRecord(entry) ? entry : { id: entry };
	const id = [fields["id"], fields["model"], fields["name"], fields["key"]].find(isId);
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
	/embed|(?:^|[/_-])(?:bge|gte|e5|minilm|sbert|colbert|whisper|tts|dall-e|clip|siglip|flux|sdxl|stable-diffusion|moderation|rerank(?:er)?)(?:[._:-]|$)|rerank|all-minilm|whisper|text-to-speech|transcribe/i;

const otherType = /embed|rerank|audio|speech|image|vision-encoder|moderation|transcri/i;

function writesText(id: string, fields: Readonly<Record<string, unknown>>): boolean {
	const { type, capabilities } = fields;
	if (typeof type === "string" && /^(?:llm|vlm|chat|language|code|text)$/i.test(type)) {
		return true;
	}
	if (typeof type === "string" && otherType.test(type)) {
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
