import { isAbsolute } from "node:path";
import * as z from "zod";
import { gpuProviders } from "../gpu/gpuProviders.ts";

/**
 * The messages between the engine's process and one that holds a model on a device. Both sides are of one build; both parse what
 * comes all the same, since the other may have written into its own memory before it crashed.
 */

/** Longest text of a runtime that is passed on. */
export const maxMessageLength = 1000;

/** Bounds far above anything sensible. */
const maxPositions = 1 << 24;
const maxThreads = 1024;

/** Largest piece of a KV cache in one message, in bytes. */
export const maxPieceBytes = 4 * 2 ** 20;

const positions = z.int().nonnegative().max(maxPositions);
const cacheId = z.int().nonnegative();
const folder = z.string().max(4096).refine(isAbsolute, "an absolute path");

export const openDeviceSchema = z.strictObject({
	kind: z.literal("open"),
	provider: z.enum(gpuProviders),
	modelFolder: folder,
	/** Of the processor, for what the device leaves to it. */
	threads: z.int().positive().max(maxThreads),
	gpuLibraries: folder.optional(),
});
export type OpenDevice = z.infer<typeof openDeviceSchema>;

const toDeviceSchema = z.discriminatedUnion("kind", [
	/** First message. Answered with "opened" or "failed". */
	openDeviceSchema,
	/** Bytes of the first `length` positions of a cache, from byte 0 on, in order; see `KvCache.writePrefix`. */
	z.strictObject({
		kind: z.literal("write"),
		cache: cacheId,
		length: positions,
		capacity: positions,
		start: z.int().nonnegative(),
		bytes: z.instanceof(Uint8Array).refine(({ length }) => length <= maxPieceBytes, "a piece"),
	}),
	/** Appends to the first `length` positions of a cache, which is an empty one where nobody has heard of it. Answered with "passed" or "failed". */
	z.strictObject({
		kind: z.literal("pass"),
		cache: cacheId,
		length: positions,
		capacity: positions,
		tokens: z
			.instanceof(Int32Array)
			.refine((ids) => ids.length > 0 && ids.length <= maxPositions, "some tokens")
			.refine((ids) => ids.every((id) => id >= 0), "ids are not negative"),
		logitRows: positions,
	}),
	/** Forgets a cache. */
	z.strictObject({ kind: z.literal("release"), cache: cacheId }),
]);
export type ToDevice = z.infer<typeof toDeviceSchema>;

const fromDeviceSchema = z.discriminatedUnion("kind", [
	z.strictObject({
		kind: z.literal("opened"),
		vocabularySize: z.int().positive(),
		contextLength: positions,
		layoutId: z.string().max(maxMessageLength),
	}),
	/** `logits` of the last rows, and what the pass has added: [2 · layers, kvHeads, tokens, headDim]. */
	z.strictObject({
		kind: z.literal("passed"),
		logits: z.instanceof(Float32Array),
		appended: z.instanceof(Float32Array),
	}),
	/** What the runtime says. */
	z.strictObject({ kind: z.literal("failed"), message: z.string().max(maxMessageLength) }),
]);
export type FromDevice = z.infer<typeof fromDeviceSchema>;

/** Undefined for whatever is no message. */
export const parseToDevice = (message: unknown): ToDevice | undefined =>
	toDeviceSchema.safeParse(message).data;
export const parseFromDevice = (message: unknown): FromDevice | undefined =>
	fromDeviceSchema.safeParse(message).data;
