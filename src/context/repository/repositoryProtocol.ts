import * as z from "zod";
import { once } from "../../base/once.ts";
import type { CollectedContext } from "../contextEngine.ts";
import type { CopiedFile, CopiedQuery } from "../copied/copiedFile.ts";
import type { Explained, ExplainQuery } from "../explanation/explanation.ts";
import { fileEncodingsSchema } from "../files/encodings.ts";
import type { ContextQuery } from "../source.ts";
import type { KnownUses, UsesQuery } from "../uses/usesElsewhere.ts";

/**
 * The messages between the thread of the editor's extensions and the one that reads the repository. Both are
 * of one build; what is checked is the shape of each message, so that a slip is a fault of that request alone.
 */
export const repositoryWorkerDataSchema = once(() =>
	z.object({
		root: z.string(),
		storageFolder: z.string(),
		runtime: z.string(),
		grammarFolder: z.string(),
		queryFolder: z.string(),
		/** The bundle of tagProcess.ts. */
		tagProcess: z.string(),
		/** The tokenizer of the model that reads the context. */
		tokenizerPath: z.string(),
		exclude: z.array(z.string()),
		encodings: fileEncodingsSchema(),
	}),
);

export type RepositoryWorkerData = z.infer<ReturnType<typeof repositoryWorkerDataSchema>>;

const id = once(() => z.int().nonnegative());
const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;

export const repositoryRequestSchema = once(() =>
	z.discriminatedUnion("operation", [
		/** Brings the index up to date with the folder. */
		z.object({ id: id(), operation: z.literal("scan") }),
		z.object({
			id: id(),
			operation: z.literal("collect"),
			query: z.custom<ContextQuery>(isObject),
		}),
		/** What is known about some code. */
		z.object({
			id: id(),
			operation: z.literal("explain"),
			query: z.custom<ExplainQuery>(isObject),
		}),
		/** Which file with a licence has the same text. */
		z.object({ id: id(), operation: z.literal("copied"), query: z.custom<CopiedQuery>(isObject) }),
		/** Where other files use what was changed in a document. */
		z.object({ id: id(), operation: z.literal("uses"), query: z.custom<UsesQuery>(isObject) }),
		/** Reads a file again, or takes `text` instead of what is on disk. */
		z.object({
			id: id(),
			operation: z.literal("update"),
			path: z.string(),
			text: z.string().optional(),
		}),
		/** Forgets a file or a folder. */
		z.object({ id: id(), operation: z.literal("remove"), path: z.string() }),
		/** The files that are indexed, with what identifies their content. */
		z.object({ id: id(), operation: z.literal("files") }),
		/** The tokens of one. */
		z.object({ id: id(), operation: z.literal("tokens"), path: z.string() }),
		/** Reads which files change together, where git knows it: for a folder that the user trusts. */
		z.object({ id: id(), operation: z.literal("readHistory") }),
		/** The request of this id is no longer wanted. */
		z.object({ id: id(), operation: z.literal("abort") }),
	]),
);

export type RepositoryRequest = z.infer<ReturnType<typeof repositoryRequestSchema>>;

const count = once(() => z.int().nonnegative());

export const repositoryReplySchema = once(() =>
	z.discriminatedUnion("kind", [
		z.object({ kind: z.literal("progress"), filesDone: count(), filesTotal: count() }),
		z.object({ kind: z.literal("done"), id: id() }),
		z.object({
			kind: z.literal("collected"),
			id: id(),
			collected: z.custom<CollectedContext>(isObject),
		}),
		z.object({ kind: z.literal("explained"), id: id(), explained: z.custom<Explained>(isObject) }),
		z.object({
			kind: z.literal("copied"),
			id: id(),
			file: z.custom<CopiedFile>(isObject).optional(),
		}),
		z.object({ kind: z.literal("uses"), id: id(), found: z.custom<KnownUses>(isObject) }),
		z.object({ kind: z.literal("files"), id: id(), paths: z.array(z.string()) }),
		z.object({
			kind: z.literal("tokens"),
			id: id(),
			/** Undefined for a file that is not indexed any more. */
			file: z.object({ fingerprint: z.string(), tokens: z.instanceof(Int32Array) }).optional(),
		}),
		z.object({ kind: z.literal("failed"), id: id(), message: z.string() }),
		/** Lines for the log that belong to no request. */
		z.object({ kind: z.literal("warning"), message: z.string() }),
		z.object({ kind: z.literal("note"), message: z.string() }),
	]),
);

/** What is left of a reply that can't be understood: whom it answers. */
export const repositoryReplyIdSchema = once(() => z.object({ id: id() }));

export type RepositoryReply = z.infer<ReturnType<typeof repositoryReplySchema>>;
