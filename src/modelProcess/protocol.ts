import * as z from "zod";

/**
 * What an editor and the process of the model library say to each other. Both ends parse what arrives: it comes from
 * another process.
 */

/** Of one piece of work, given by who asks. */
const callId = z.int().nonnegative();
const bytes = z.number().nonnegative();
const path = z.string().min(1).max(4096);
const modelId = z.string().min(1).max(200);
const sentence = z.string().max(4000);
const progress = { doneBytes: bytes, totalBytes: bytes };

export const toLibrarySchema = z.discriminatedUnion("kind", [
	z.strictObject({ kind: z.literal("list"), callId }),
	/** Begins, or goes on with what is there. "owner/name". */
	z.strictObject({ kind: z.literal("install"), callId, repository: z.string().max(200) }),
	/** A checkpoint folder or a GGUF file. Absolute. */
	z.strictObject({ kind: z.literal("import"), callId, path }),
	z.strictObject({ kind: z.literal("remove"), callId, modelId }),
	/** What CUDA needs of ONNX Runtime: begins, or goes on with what is there. */
	z.strictObject({ kind: z.literal("installRuntime"), callId }),
	z.strictObject({ kind: z.literal("removeRuntime"), callId }),
	/** Ends the work of a call; what came of it is kept. */
	z.strictObject({ kind: z.literal("pause"), callId }),
	/** Pauses all, and ends the process. */
	z.strictObject({ kind: z.literal("end") }),
]);

const entrySchema = z.discriminatedUnion("kind", [
	z.strictObject({
		kind: z.literal("installed"),
		id: modelId,
		folder: path,
		name: z.string(),
		license: z.string(),
		contextTokens: z.int().positive(),
		fillsIn: z.boolean(),
		converses: z.boolean(),
		bytes,
	}),
	z.strictObject({ kind: z.literal("unusable"), id: modelId, problem: sentence, bytes }),
	z.strictObject({
		kind: z.literal("unfinished"),
		id: modelId,
		repository: z.string(),
		...progress,
	}),
]);

const runtimeSchema = z.discriminatedUnion("kind", [
	z.strictObject({ kind: z.literal("absent") }),
	z.strictObject({ kind: z.literal("unfinished"), ...progress }),
	z.strictObject({ kind: z.literal("installed"), folder: path, bytes }),
]);

const stepSchema = z.discriminatedUnion("kind", [
	z.strictObject({ kind: z.literal("waiting") }),
	z.strictObject({ kind: z.literal("listing") }),
	z.strictObject({ kind: z.literal("checking"), ...progress }),
	z.strictObject({ kind: z.literal("downloading"), ...progress }),
	z.strictObject({ kind: z.literal("converting"), fraction: z.number().min(0).max(1) }),
	z.strictObject({ kind: z.literal("unpacking"), fraction: z.number().min(0).max(1) }),
]);

export const fromLibrarySchema = z.discriminatedUnion("kind", [
	z.strictObject({ kind: z.literal("step"), callId, step: stepSchema }),
	/** Something that a person may want to know of the model that is being made. */
	z.strictObject({ kind: z.literal("notice"), callId, sentence }),
	z.strictObject({
		kind: z.literal("listed"),
		callId,
		entries: z.array(entrySchema).max(10_000),
		runtime: runtimeSchema,
		freeDiskBytes: bytes,
	}),
	z.strictObject({ kind: z.literal("installed"), callId, folder: path }),
	z.strictObject({ kind: z.literal("paused"), callId }),
	z.strictObject({ kind: z.literal("removed"), callId, freedBytes: bytes }),
	/** `code` is that of a UserError, and empty for a bug. */
	z.strictObject({ kind: z.literal("failed"), callId, code: z.string(), sentence }),
]);

export type ToLibrary = z.infer<typeof toLibrarySchema>;
export type FromLibrary = z.infer<typeof fromLibrarySchema>;
/** A model of the library, as far as somebody who looks at a list wants to know it. */
export type CatalogEntry = z.infer<typeof entrySchema>;
/** How much of what CUDA needs of ONNX Runtime is on this disk. */
export type CatalogRuntime = z.infer<typeof runtimeSchema>;
/** What is being done for a model or a runtime. */
export type WorkStep = z.infer<typeof stepSchema>;
