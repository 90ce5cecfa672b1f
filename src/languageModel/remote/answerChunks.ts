import * as z from "zod";
import type { AnswerEnd } from "../languageModel.ts";
import { doneMark } from "./answerEvents.ts";
import { contentOf, messageOf } from "./messageContent.ts";
import { inOpenAiShape } from "./otherShapes.ts";
import { isRecord } from "./serverWords.ts";

/** One token as a server reports it. */
export interface TokenChoice {
	readonly text: string;
	/** Natural logarithm, at most 0. */
	readonly logProbability: number;
}

/** What one event of an answer says. */
export interface AnswerChunk {
	readonly text: string;
	/** True where {@link text} is all of the answer up to here, not what is new. */
	readonly isWhole: boolean;
	/** Whether a reasoning model thinks, which is no part of its answer. */
	readonly thinks: boolean;
	/** Undefined where the server doesn't tell. */
	readonly tokens: readonly TokenChoice[] | undefined;
	/** Set in the event that ends the text; usage may follow. */
	readonly end: AnswerEnd | undefined;
	readonly usage: ReportedUsage | undefined;
	/** What the server says beside the protocol; foreign text. */
	readonly remark: string | undefined;
}

export interface ReportedUsage {
	readonly promptTokens: number | undefined;
	readonly cachedTokens: number | undefined;
	readonly answerTokens: number | undefined;
}

/** Undefined for what is no event of the protocol. */
export type ParseChunk = (value: unknown) => AnswerChunk | undefined;

/** An event without anything. */
const silence: AnswerChunk = {
	text: "",
	isWhole: false,
	thinks: false,
	tokens: undefined,
	end: undefined,
	usage: undefined,
	remark: undefined,
};

/** Servers send numbers as strings, fractions and -1: what can't be a count isn't one. */
const count = z.coerce.number().int().nonnegative().nullish().catch(undefined);

/** What only says how an answer went must not spoil it. */
const usageSchema = z
	.object({
		prompt_tokens: count,
		completion_tokens: count,
		prompt_tokens_details: z.object({ cached_tokens: count }).nullish().catch(undefined),
		/** DeepSeek's spelling. */
		prompt_cache_hit_tokens: count,
	})
	.nullish()
	.catch(undefined);

function reportedUsage(usage: z.infer<typeof usageSchema>): ReportedUsage | undefined {
	return usage === null || usage === undefined
		? undefined
		: {
				promptTokens: usage.prompt_tokens ?? undefined,
				cachedTokens:
					usage.prompt_tokens_details?.cached_tokens ?? usage.prompt_cache_hit_tokens ?? undefined,
				answerTokens: usage.completion_tokens ?? undefined,
			};
}

const finishReason = z.string().nullish().catch(undefined);

/** "tool_calls", "content_filter" and what servers make up: the model is done. */
function endOf(reason: string | null | undefined): AnswerEnd | undefined {
	if (reason === null || reason === undefined || /^(?:|null|none)$/i.test(reason)) {
		return undefined;
	}
	return /length|max_?(?:output_)?tokens/i.test(reason) ? "length" : "stop";
}

/** What a server that knows one shape only puts its text into, in either protocol. */
const choiceShape = {
	index: z.unknown().optional(),
	delta: z.unknown().optional(),
	/** Of servers that don't stream, or end their streams with the whole answer. */
	message: z.unknown().optional(),
	text: z.unknown().optional(),
	finish_reason: finishReason,
};

/** One request asks for one answer. */
function firstOf<Choice extends z.ZodType>(choice: Choice) {
	return z.object({
		choices: z.array(choice.nullable()).nullish(),
		usage: usageSchema,
	});
}

const chatChunkSchema = firstOf(z.object(choiceShape));

/** Of several answers the first. */
function firstChoice<Choice extends { readonly index?: unknown }>(
	choices: readonly (Choice | null)[] | null | undefined,
): Choice | undefined {
	const isFirst = ({ index }: Choice): boolean => typeof index !== "number" || index === 0;
	return choices?.find((choice) => choice !== null && isFirst(choice)) ?? undefined;
}

/** What isn't JSON in a stream: the end mark, and words. Undefined for any other value. */
function wordChunk(value: unknown): AnswerChunk | undefined {
	if (value === doneMark) {
		return { ...silence, end: "stop" };
	}
	return typeof value === "string" ? { ...silence, remark: value } : undefined;
}

/** An event of `/v1/chat/completions`. What a reasoning model thinks (`reasoning_content`) isn't its answer. */
export const parseChatChunk: ParseChunk = (value) => {
	const parsed = chatChunkSchema.safeParse(inOpenAiShape(value));
	if (!parsed.success) {
		return wordChunk(value);
	}
	const choice = firstChoice(parsed.data.choices);
	const delta = messageOf(choice?.delta);
	const message = messageOf(choice?.message);
	const fresh = delta.text ?? contentOf(choice?.text).text;
	return {
		...silence,
		text: fresh ?? message.text ?? "",
		isWhole: fresh === undefined && message.text !== undefined,
		thinks: delta.thinks || message.thinks,
		end: endOf(choice?.finish_reason),
		usage: reportedUsage(parsed.data.usage),
	};
};

/** Rounding makes some of them a little more than 0. */
const logProbability = z.number().transform((value) => Math.min(0, value));

const tokenSchema = z.object({ token: z.string(), logprob: logProbability });

const logprobsSchema = z
	.object({
		tokens: z.array(z.string()).nullish(),
		token_logprobs: z.array(logProbability.nullable()).nullish(),
		/** llama.cpp's shape, which is that of the chat protocol. */
		content: z.array(tokenSchema).nullish(),
	})
	.nullish()
	// Without them an answer isn't gated, which is better than none.
	.catch(undefined);

const completionChunkSchema = firstOf(
	z.object({
		...choiceShape,
		logprobs: logprobsSchema,
	}),
);

/** An event of `/v1/completions`. */
export const parseCompletionChunk: ParseChunk = (value) => {
	const parsed = completionChunkSchema.safeParse(inOpenAiShape(value));
	if (!parsed.success) {
		return wordChunk(value);
	}
	const choice = firstChoice(parsed.data.choices);
	const { tokens, token_logprobs: logprobs, content } = choice?.logprobs ?? {};
	const fresh = contentOf(choice?.text).text ?? messageOf(choice?.delta).text;
	const whole = messageOf(choice?.message).text;
	return {
		...silence,
		text: fresh ?? whole ?? "",
		isWhole: fresh === undefined && whole !== undefined,
		tokens: content?.map(tokenChoice) ?? pairedChoices(tokens ?? [], logprobs ?? []),
		end: endOf(choice?.finish_reason),
		usage: reportedUsage(parsed.data.usage),
	};
};

function tokenChoice({ token, logprob }: z.infer<typeof tokenSchema>): TokenChoice {
	return { text: token, logProbability: logprob };
}

function pairedChoices(
	tokens: readonly string[],
	logprobs: readonly (number | null)[],
): readonly TokenChoice[] | undefined {
	const choices = tokens.flatMap((text, index) => {
		const value = logprobs[index];
		return typeof value === "number" ? [{ text, logProbability: value }] : [];
	});
	return choices.length === 0 || choices.length < tokens.length ? undefined : choices;
}

const infillChunkSchema = z.object({
	content: z.string().nullish(),
	stop: z.boolean().nullish().catch(undefined),
	stop_type: z.string().nullish().catch(undefined),
	/** Of older servers. */
	stopped_limit: z.boolean().nullish().catch(undefined),
	tokens_evaluated: count,
	tokens_predicted: count,
	completion_probabilities: z.array(tokenSchema).nullish().catch(undefined),
	timings: z.object({ cache_n: count }).nullish().catch(undefined),
});

/** An event of llama.cpp's `/infill`. */
export const parseInfillChunk: ParseChunk = (value) => {
	const parsed = infillChunkSchema.safeParse(value);
	if (!parsed.success) {
		return wordChunk(value);
	}
	const chunk = parsed.data;
	if (isRecord(value) && "choices" in value) {
		// A server behind llama.cpp's path that answers in OpenAI's shape.
		return parseCompletionChunk(value);
	}
	const isLast = chunk.stop === true;
	const isCut = chunk.stop_type === "limit" || chunk.stopped_limit === true;
	return {
		...silence,
		text: chunk.content ?? "",
		// The last event repeats those of the whole answer.
		tokens: isLast ? undefined : chunk.completion_probabilities?.map(tokenChoice),
		end: isLast ? (isCut ? "length" : "stop") : undefined,
		usage: isLast
			? {
					promptTokens: chunk.tokens_evaluated ?? undefined,
					cachedTokens: chunk.timings?.cache_n ?? undefined,
					answerTokens: chunk.tokens_predicted ?? undefined,
				}
			: undefined,
	};
};
