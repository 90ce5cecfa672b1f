import { LanguageModelError } from "../errors.ts";
import type { InfillRequest } from "../languageModel.ts";
import { parseCompletionChunk, parseInfillChunk, type ParseChunk } from "./answerChunks.ts";
import { neutralizeControlTokens } from "./controlTokens.ts";
import type { FimParts, FimTemplate } from "./fimTemplates.ts";
import { infillParts } from "./infillParts.ts";
import type { ServerAddress } from "./serverAddress.ts";
import type { KnownFacts } from "./serverFacts.ts";
import { infillRoutes } from "./serverKind.ts";

/** How to ask one server to fill one hole. */
export interface InfillCall {
	/** Below the address, or a whole URL. */
	readonly path: string;
	readonly body: object;
	readonly parse: ParseChunk;
	/** All strings that end the answer, the ones that the server wasn't told among them. */
	readonly stop: readonly string[];
}

/** What vLLM and OpenAI take; more are refused. */
const maxStopStrings = 4;

/** The chosen token's probability comes with that of the likeliest one, which nobody reads. */
const logprobs = 1;

export interface InfillCallInput {
	readonly request: InfillRequest;
	readonly facts: KnownFacts;
	readonly address: ServerAddress;
	readonly template: FimTemplate | undefined;
	/** For the prompt alone. */
	readonly budgetTokens: number;
}

/** Throws a {@link LanguageModelError} "unsuitableModel" when there is no way to ask this model. */
export function infillCall(input: InfillCallInput): InfillCall {
	switch (infillRoutes[input.facts.kind]) {
		case "infill":
			return llamaCppCall(input);
		case "suffix":
			return suffixCall(input);
		case "template":
			return templateCall(input);
	}
}

function templateCall({ request, facts, template, budgetTokens }: InfillCallInput): InfillCall {
	if (template === undefined) {
		throw new LanguageModelError(
			"unsuitableModel",
			`Mote doesn't know how “${facts.model}” fills in the middle; choose a code model such as Qwen2.5-Coder, Mellum or StarCoder2.`,
		);
	}
	const parts = cleanParts(infillParts(request, budgetTokens, true), template.markers);
	const { sent, all } = stopStrings(request, template);
	return {
		path: "/completions",
		body: {
			...completionBody(request, facts),
			prompt: template.render(parts),
			stop: sent,
			logprobs,
			...(facts.kind === "vllm" ? vllmOptions : {}),
		},
		parse: parseCompletionChunk,
		stop: all,
	};
}

const vllmOptions = {
	// Otherwise it writes on after a marker that it doesn't show, and no stop string can match.
	skip_special_tokens: false,
	// Checkpoints of chat models bring a penalty as default, which is poison for code: it repeats itself.
	repetition_penalty: 1,
};

/**
 * The server's template takes the two parts. Ollama's templates take the hole's branch only for a suffix that
 * isn't empty, and no other files.
 */
function suffixCall({
	request,
	facts,
	address,
	template,
	budgetTokens,
}: InfillCallInput): InfillCall {
	const parts = cleanParts(infillParts(request, budgetTokens, false), template?.markers ?? []);
	const { sent, all } = stopStrings(request, template);
	return {
		path: facts.kind === "deepseek" ? `${address.origin}/beta/completions` : "/completions",
		body: {
			...completionBody(request, facts),
			prompt: parts.prefix,
			suffix: parts.suffix === "" ? "\n" : parts.suffix,
			stop: sent,
			...(facts.kind === "deepseek" ? { logprobs } : {}),
		},
		parse: parseCompletionChunk,
		stop: all,
	};
}

/** llama.cpp reads the parts without looking for special tokens in them, so they are sent as they are. */
function llamaCppCall({ request, facts, address, budgetTokens }: InfillCallInput): InfillCall {
	const parts = infillParts(request, budgetTokens, true);
	return {
		path: `${address.root}/infill`,
		body: {
			model: facts.model,
			input_prefix: parts.prefix,
			input_suffix: parts.suffix,
			input_extra: parts.pieces.map(({ path, text }) => ({ filename: path, text })),
			prompt: "",
			n_predict: request.maxAnswerTokens,
			temperature: request.temperature,
			seed: request.seed,
			stop: request.stop.slice(0, maxStopStrings),
			n_probs: logprobs,
			repeat_penalty: 1,
			cache_prompt: true,
			stream: true,
		},
		parse: parseInfillChunk,
		stop: request.stop,
	};
}

function completionBody(request: InfillRequest, { model, kind }: KnownFacts): object {
	return {
		model,
		max_tokens: request.maxAnswerTokens,
		temperature: request.temperature,
		// DeepSeek's service knows no seed.
		...(kind === "deepseek" ? {} : { seed: request.seed }),
		stream: true,
		stream_options: { include_usage: true },
	};
}

function stopStrings(
	request: InfillRequest,
	template: FimTemplate | undefined,
): { readonly sent: readonly string[]; readonly all: readonly string[] } {
	const all = [...new Set([...request.stop, ...(template?.stop ?? [])])];
	return { sent: all.slice(0, maxStopStrings), all };
}

function cleanParts(parts: FimParts, markers: readonly string[]): FimParts {
	const clean = (text: string): string => neutralizeControlTokens(text, markers);
	return {
		path: clean(parts.path),
		prefix: clean(parts.prefix),
		suffix: clean(parts.suffix),
		pieces: parts.pieces.map(({ path, text }) => ({ path: clean(path), text: clean(text) })),
	};
}
