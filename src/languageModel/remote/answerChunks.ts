import * as z from "zod";
import type { AnswerEnd } from "../languageModel.ts";

/** One token as a server reports it. */
export interface TokenChoice {
	readonly text: string;
	/** Natural logarithm, at most 0. */
	readonly logProbability: number;
}

/** What one event of an answer says. */
export interface AnswerChunk {
	readonly text: string;
	/** Undefined where the server doesn't tell. */
	readonly tokens: readonly TokenChoice[] | undefined;
	/** Set in the event that ends the text; usage may follow. */
	readonly end: AnswerEnd | undefined;
	readonly usage: ReportedUsage | undefined;
}

export interface ReportedUsage {
	readonly promptTokens: number | undefined;
	readonly cachedTokens: number | undefined;
	readonly answerTokens: number | undefined;
}

/** Undefined for what is no event of the protocol. */
export type ParseChunk = (value: unknown) => AnswerChunk | undefined;

const count = z.int().nonnegative();

const usageSchema = z.object({
	prompt_tokens: count.nullish(),
	completion_tokens: count.nullish(),
	prompt_tokens_details: z.object({ cached_tokens: count.nullish() }).nullish(),
	/** DeepSeek's spelling. */
	prompt_cache_hit_tokens: count.nullish(),
});

function reportedUsage(
	usage: z.infer<typeof usageSchema> | null | undefined,
): ReportedUsage | undefined {
	return usage === null || usage === undefined
		? undefined
		: {
				promptTokens: usage.prompt_tokens ?? undefined,
				cachedTokens:
					usage.prompt_tokens_details?.cached_tokens ?? usage.prompt_cache_hit_tokens ?? undefined,
				answerTokens: usage.completion_tokens ?? undefined,
			};
}

/** "tool_calls", "content_filter" and what servers make up: the model is done. */
function endOf(finishReason: string | null | undefined): AnswerEnd | undefined {
	if (finishReason === null || finishReason === undefined || finishReason === "") {
		return undefined;
	}
	return finishReason === "length" ? "length" : "stop";
}

const chatChunkSchema = z.object({
	choices: z
		.array(
			z.object({
				delta: z.object({ content: z.string().nullish() }).nullish(),
				finish_reason: z.string().nullish(),
			}),
		)
		.nullish(),
	usage: usageSchema.nullish(),
});

/** An event of `/v1/chat/completions`. What a reasoning model thinks (`reasoning_content`) isn't its answer. */
export const parseChatChunk: ParseChunk = (value) => {
	const parsed = chatChunkSchema.safeParse(value);
	if (!parsed.success) {
		return undefined;
	}
	const choice = parsed.data.choices?.[0];
	return {
		text: choice?.delta?.content ?? "",
		tokens: undefined,
		end: endOf(choice?.finish_reason),
		usage: reportedUsage(parsed.data.usage),
	};
};

/** Rounding makes some of them a little more than 0. */
const logProbability = z.number().transform((value) => Math.min(0, value));

const tokenSchema = z.object({ token: z.string(), logprob: logProbability });

const completionChunkSchema = z.object({
	choices: z
		.array(
			z.object({
				text: z.string().nullish(),
				finish_reason: z.string().nullish(),
				logprobs: z
					.object({
						tokens: z.array(z.string()).nullish(),
						token_logprobs: z.array(logProbability.nullable()).nullish(),
						/** llama.cpp's shape, which is that of the chat protocol. */
						content: z.array(tokenSchema).nullish(),
					})
					.nullish(),
			}),
		)
		.nullish(),
	usage: usageSchema.nullish(),
});

/** An event of `/v1/completions`. */
export const parseCompletionChunk: ParseChunk = (value) => {
	const parsed = completionChunkSchema.safeParse(value);
	if (!parsed.success) {
		return undefined;
	}
	const choice = parsed.data.choices?.[0];
	const { tokens, token_logprobs: logprobs, content } = choice?.logprobs ?? {};
	return {
		text: choice?.text ?? "",
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
	content: z.string(),
	stop: z.boolean().nullish(),
	stop_type: z.string().nullish(),
	/** Of older servers. */
	stopped_limit: z.boolean().nullish(),
	tokens_evaluated: count.nullish(),
	tokens_predicted: count.nullish(),
	completion_probabilities: z.array(tokenSchema).nullish(),
	timings: z.object({ cache_n: count.nullish() }).nullish(),
});

/** An event of llama.cpp's `/infill`. */
export const parseInfillChunk: ParseChunk = (value) => {
	const parsed = infillChunkSchema.safeParse(value);
	if (!parsed.success) {
		return undefined;
	}
	const chunk = parsed.data;
	const isLast = chunk.stop === true;
	const isCut = chunk.stop_type === "limit" || chunk.stopped_limit === true;
	return {
		text: chunk.content,
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
