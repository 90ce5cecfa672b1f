import { isAbsolute } from "node:path";
import * as z from "zod";
import { interpreted } from "../base/interpreted.ts";
import { once } from "../base/once.ts";
import { maxBackendNameLength } from "../engine/backendName.ts";
import type { GeneratedToken, GenerateRequest } from "../engine/engine.ts";
import { EngineError } from "../engine/errors.ts";
import { gpuSettings } from "../engine/gpu/gpuProviders.ts";
import type { LearnChange } from "../adaptation/learning.ts";
import type { TokenId } from "../tokenizer/tokenizer.ts";

/**
 * The messages between the editor's process and the engine's. Both sides parse everything they receive:
 * the other process may be another build, or may have written into its own memory before it crashed.
 *
 * Tokens travel as typed arrays, which the serializer copies as a block; zod looks at their class and at
 * their values in one plain loop, so that a long prompt costs microseconds.
 */
export const protocolVersion = 8;

/** Bounds on what one message may ask for; far above anything sensible. */
const maxTokens = 1 << 20;

const requestId = once(() => z.int().nonnegative());
const tokenIds = once(() =>
	z
		.instanceof(Int32Array)
		.refine((ids) => ids.length <= maxTokens && ids.every((id) => id >= 0), "ids are not negative"),
);

/** Of a file whose tokens are learned: for the engine only a name. */
const fileName = once(() => z.string().max(4096));

const samplingSchema = once(() =>
	z.strictObject({
		temperature: z.number().nonnegative(),
		topK: z.int().nonnegative(),
		topP: z.number().positive().max(1),
		seed: z.number(),
	}),
);

const promptIds = once(() => tokenIds().refine((ids) => ids.length > 0, "a prompt is not empty"));

/** More are never tried. */
const maxStandIns = 4;

const requestSchema = once(() =>
	z.strictObject({
		prompt: promptIds(),
		maxNewTokens: z.int().nonnegative().max(maxTokens),
		stopTokens: tokenIds(),
		sampling: samplingSchema(),
		priority: z.enum(["completion", "chat", "background"]),
		supersedeKey: z.string().max(1000).optional(),
		healBytes: z.custom<Uint8Array>((value) => value instanceof Uint8Array).optional(),
		minJointProbability: z.number().min(0).max(1),
		maxDraftTokens: z.int().nonnegative().max(1024),
		mayPersist: z.boolean().optional(),
		givenAnswer: tokenIds().optional(),
		standIns: z
			.strictObject({
				prompts: z.array(promptIds()).max(maxStandIns),
				maxUnreadTokens: z.int().nonnegative().max(maxTokens),
			})
			.optional(),
		adaptation: z
			.strictObject({
				file: fileName(),
				before: tokenIds(),
				after: tokenIds(),
				repository: z.boolean(),
			})
			.optional(),
	}),
);

const changeSchema = once(() =>
	z.discriminatedUnion("kind", [
		z.strictObject({ kind: z.literal("open"), path: z.string().min(1) }),
		z.strictObject({
			kind: z.literal("put"),
			file: fileName(),
			fingerprint: z.string().max(100),
			tokens: tokenIds(),
		}),
		z.strictObject({ kind: z.literal("remove"), file: fileName() }),
		z.strictObject({ kind: z.literal("save") }),
	]),
);

const toEngineSchema = once(() =>
	z.discriminatedUnion("kind", [
		/** First message: load this model. */
		z.strictObject({
			kind: z.literal("open"),
			protocolVersion: z.int(),
			modelFolder: z.string().min(1),
			threads: z.int().positive().max(1024).optional(),
			maxFirstTokenMs: z.number().nonnegative().optional(),
			/** Absolute, so that it doesn't depend on where this process was started. */
			snapshotFolder: z.string().max(4096).refine(isAbsolute, "an absolute path").optional(),
			cacheFolder: z.string().max(4096).refine(isAbsolute, "an absolute path").optional(),
			gpu: z.enum(gpuSettings).optional(),
			gpuLibraries: z.string().max(4096).refine(isAbsolute, "an absolute path").optional(),
		}),
		z.strictObject({
			kind: z.literal("generate"),
			id: requestId(),
			request: requestSchema(),
			/** Whether "prefill" messages are wanted. */
			reportsPrefill: z.boolean(),
		}),
		/** The request still ends with "finished" or "failed". Unknown ids are those that have ended. */
		z.strictObject({ kind: z.literal("abort"), id: requestId() }),
		/** Answered with "learned" or "failed". */
		z.strictObject({ kind: z.literal("learn"), id: requestId(), change: changeSchema() }),
		/** Last message: free the model and exit. */
		z.strictObject({ kind: z.literal("shutdown") }),
	]),
);

const errorCode = once(() =>
	z.enum([
		"modelUnusable",
		"modelTooSlow",
		"notEnoughMemory",
		"promptTooLong",
		"runtimeFailed",
		"processDied",
		"processGaveUp",
		"queueFull",
		"resting",
		"storageFailed",
		"disposed",
	]),
);

const count = once(() => z.int().nonnegative());
const milliseconds = once(() => z.number().nonnegative());

const statsSchema = once(() =>
	z.strictObject({
		promptTokens: count(),
		isStandIn: z.boolean(),
		reusedTokens: count(),
		prefilledTokens: count(),
		generatedTokens: count(),
		draftedTokens: count(),
		acceptedTokens: count(),
		decodePasses: count(),
		queuedMs: milliseconds(),
		firstTokenMs: z.union([milliseconds(), z.undefined()]),
		totalMs: milliseconds(),
		adaptation: z.union([
			z.strictObject({
				mixedTokens: count(),
				learnedShare: z.number().min(0).max(1),
			}),
			z.undefined(),
		]),
		unlikelyProbability: z.number().min(0).max(1).optional(),
	}),
);

const reportSchema = once(() =>
	z.strictObject({
		known: z.map(fileName(), z.string().max(100)),
		files: count(),
		tokens: count(),
		bytes: count(),
	}),
);

const finishReason = once(() =>
	z.enum(["stop", "length", "unlikely", "unhealable", "aborted", "superseded"]),
);

const fromEngineSchema = once(() =>
	z.discriminatedUnion("kind", [
		/** Answer to "open": requests are welcome. */
		z.strictObject({
			kind: z.literal("ready"),
			protocolVersion: z.literal(protocolVersion),
			modelName: z.string().max(100),
			backendName: z.string().max(maxBackendNameLength),
		}),
		/** Answer to "open": this model can't be served, and starting again would not help. */
		z.strictObject({ kind: z.literal("unusable"), code: errorCode(), message: z.string() }),
		/** All tokens that became final in one forward pass. */
		z
			.strictObject({
				kind: z.literal("tokens"),
				id: requestId(),
				ids: tokenIds(),
				probabilities: z.instanceof(Float64Array),
				/** How many of `textProbabilities` belong to each of `ids`, one after the other; undefined where they aren't known. */
				textLengths: z.union([tokenIds(), z.undefined()]),
				textProbabilities: z.instanceof(Float64Array),
			})
			.refine(({ ids, probabilities }) => ids.length === probabilities.length, "one for each")
			.refine(
				({ ids, textLengths, textProbabilities }) =>
					(textLengths === undefined || textLengths.length === ids.length) &&
					(textLengths?.reduce((sum, length) => sum + length, 0) ?? 0) === textProbabilities.length,
				"as many as there are bytes",
			),
		/** How far the prompt is read, after each forward pass of its prefill. */
		z
			.strictObject({
				kind: z.literal("prefill"),
				id: requestId(),
				promptTokens: count(),
				readTokens: count(),
			})
			.refine(({ promptTokens, readTokens }) => readTokens <= promptTokens, "a part of the prompt"),
		z.strictObject({
			kind: z.literal("finished"),
			id: requestId(),
			result: z.strictObject({ finishReason: finishReason(), stats: statsSchema() }),
		}),
		z.strictObject({ kind: z.literal("learned"), id: requestId(), report: reportSchema() }),
		z.strictObject({
			kind: z.literal("failed"),
			id: requestId(),
			code: errorCode(),
			message: z.string(),
		}),
	]),
);

export type ToEngineMessage = z.infer<ReturnType<typeof toEngineSchema>>;
export type FromEngineMessage = z.infer<ReturnType<typeof fromEngineSchema>>;
export type WireRequest = z.infer<ReturnType<typeof requestSchema>>;
export type WireChange = z.infer<ReturnType<typeof changeSchema>>;

export type ParsedMessage<Message> =
	| { readonly kind: "ok"; readonly message: Message }
	| {
			readonly kind: "malformed";
			readonly problem: string;
			/** The request it belongs to, as far as that can be told. */
			readonly id: number | undefined;
	  };

export function parseToEngine(raw: unknown): ParsedMessage<ToEngineMessage> {
	return parse(toEngineSchema(), raw);
}

export function parseFromEngine(raw: unknown): ParsedMessage<FromEngineMessage> {
	return parse(fromEngineSchema(), raw);
}

function parse<Message>(schema: z.ZodType<Message>, raw: unknown): ParsedMessage<Message> {
	const result = schema.safeParse(raw, interpreted);
	if (result.success) {
		return { kind: "ok", message: result.data };
	}
	const envelope = z.object({ id: requestId() }).safeParse(raw);
	return {
		kind: "malformed",
		// The path and the rule only: the message itself may hold the user's text as tokens.
		problem: z.prettifyError(result.error),
		id: envelope.success ? envelope.data.id : undefined,
	};
}

export function requestToWire(asked: GenerateRequest): WireRequest {
	const { adaptation, standIns, givenAnswer, ...request } = asked;
	return {
		...request,
		...(givenAnswer && { givenAnswer: Int32Array.from(givenAnswer) }),
		prompt: Int32Array.from(request.prompt),
		stopTokens: Int32Array.from(request.stopTokens),
		...(standIns && {
			standIns: {
				...standIns,
				prompts: standIns.prompts.map((prompt) => Int32Array.from(prompt)),
			},
		}),
		...(adaptation === undefined
			? {}
			: {
					adaptation: {
						file: adaptation.file,
						before: Int32Array.from(adaptation.before),
						after: Int32Array.from(adaptation.after),
						repository: adaptation.repository,
					},
				}),
	};
}

export function changeToWire(change: LearnChange): WireChange {
	return change.kind === "put"
		? { ...change, tokens: Int32Array.from(change.tokens) }
		: { ...change };
}

export function wireToChange(wire: WireChange): LearnChange {
	return wire.kind === "put" ? { ...wire, tokens: tokenIdsOf(wire.tokens) } : wire;
}

/** What was validated as token ids; the engine checks that they are in its vocabulary. */
function tokenIdsOf(ids: Int32Array): ArrayLike<TokenId> {
	return ids as ArrayLike<number> as ArrayLike<TokenId>;
}

export function wireToRequest(wire: WireRequest): GenerateRequest {
	const { supersedeKey, healBytes, mayPersist, adaptation, standIns, givenAnswer, ...rest } = wire;
	return {
		...rest,
		...(givenAnswer && { givenAnswer: [...givenAnswer] as TokenId[] }),
		prompt: [...wire.prompt] as TokenId[],
		stopTokens: [...wire.stopTokens] as TokenId[],
		...(standIns && {
			standIns: {
				...standIns,
				prompts: standIns.prompts.map((prompt) => [...prompt] as TokenId[]),
			},
		}),
		...(supersedeKey === undefined ? {} : { supersedeKey }),
		...(healBytes === undefined ? {} : { healBytes }),
		...(mayPersist === undefined ? {} : { mayPersist }),
		...(adaptation === undefined
			? {}
			: {
					adaptation: {
						file: adaptation.file,
						before: tokenIdsOf(adaptation.before),
						after: tokenIdsOf(adaptation.after),
						repository: adaptation.repository,
					},
				}),
	};
}

type TokensOnWire = Pick<
	FromEngineMessage & { kind: "tokens" },
	"ids" | "probabilities" | "textLengths" | "textProbabilities"
>;

/** All of one answer: either each token or none tells how likely the text is. */
export function tokensToWire(tokens: readonly GeneratedToken[]): TokensOnWire {
	const isTold = tokens.every(({ textProbabilities }) => textProbabilities !== undefined);
	return {
		ids: Int32Array.from(tokens, ({ id }) => id),
		probabilities: Float64Array.from(tokens, ({ probability }) => probability),
		textLengths: isTold
			? Int32Array.from(tokens, ({ textProbabilities }) => textProbabilities?.length ?? 0)
			: undefined,
		textProbabilities: isTold
			? Float64Array.from(tokens.flatMap(({ textProbabilities }) => textProbabilities ?? []))
			: new Float64Array(0),
	};
}

export function wireToTokens(wire: TokensOnWire): readonly GeneratedToken[] {
	let from = 0;
	return Array.from(wire.ids, (id, i): GeneratedToken => {
		const token = { id: id as TokenId, probability: wire.probabilities[i] ?? 0 };
		if (wire.textLengths === undefined) {
			return token;
		}
		const end = from + (wire.textLengths[i] ?? 0);
		const textProbabilities = Array.from(wire.textProbabilities.subarray(from, end));
		from = end;
		return { ...token, textProbabilities };
	});
}

/** Whatever a request failed with, as something that can cross: a bug becomes "runtimeFailed". */
export function errorToWire(error: unknown): Pick<EngineError, "code" | "message"> {
	if (error instanceof EngineError) {
		return { code: error.code, message: error.message };
	}
	const detail = error instanceof Error ? error.message : String(error);
	return {
		code: "runtimeFailed",
		message: `The engine failed unexpectedly (${detail.slice(0, 500)}); restart it if that happens again.`,
	};
}
