import * as z from "zod";
import { once } from "../../base/once.ts";
import { maxCountedErrors } from "./structure.ts";
import { maxParsedLength } from "./syntaxService.ts";

/**
 * Messages between SyntaxClient and the worker. Both sides parse what they receive: the two are built
 * together, but a mismatch must become an error in the log and not a wrong answer.
 */

const offset = once(() => z.int().nonnegative());
const id = once(() => z.int().nonnegative());

const querySchema = once(() =>
	z.strictObject({
		languageId: z.string().max(100),
		text: z.string().max(maxParsedLength),
		offset: offset(),
	}),
);

export const syntaxRequestSchema = once(() =>
	z.discriminatedUnion("operation", [
		z.strictObject({ id: id(), operation: z.literal("positionAt"), query: querySchema() }),
		z.strictObject({
			id: id(),
			operation: z.literal("extentOf"),
			query: querySchema().extend({ candidate: z.string().max(maxParsedLength) }),
		}),
		z.strictObject({
			id: id(),
			operation: z.literal("structureAt"),
			query: querySchema().omit({ offset: true }).extend({ start: offset(), end: offset() }),
		}),
	]),
);

const positionSchema = once(() =>
	z.strictObject({
		kind: z.enum(["code", "comment", "string", "unknown"]),
	}),
);

const extentSchema = once(() =>
	z.discriminatedUnion("kind", [
		z.strictObject({ kind: z.literal("open") }),
		z.strictObject({ kind: z.literal("complete"), length: offset() }),
		z.strictObject({ kind: z.literal("unknown") }),
	]),
);

const rangeSchema = once(() => z.strictObject({ start: offset(), end: offset() }));

const structureSchema = once(() =>
	z.strictObject({
		errors: z.int().nonnegative().max(maxCountedErrors),
		statement: rangeSchema().optional(),
		declaration: rangeSchema().extend({ bodyStart: offset().optional() }).optional(),
	}),
);

export const syntaxReplySchema = once(() =>
	z.discriminatedUnion("kind", [
		z.strictObject({ kind: z.literal("position"), id: id(), position: positionSchema() }),
		z.strictObject({ kind: z.literal("extent"), id: id(), extent: extentSchema() }),
		z.strictObject({
			kind: z.literal("structure"),
			id: id(),
			structure: structureSchema().optional(),
		}),
		z.strictObject({ kind: z.literal("failed"), id: id(), message: z.string() }),
		/** A line for the log that belongs to no request. */
		z.strictObject({ kind: z.literal("warning"), message: z.string() }),
	]),
);

/** What the worker is started with. */
export const syntaxWorkerDataSchema = once(() =>
	z.strictObject({
		runtime: z.string(),
		folder: z.string(),
		/** One 32-bit counter, which the worker raises whenever it gets on. */
		progress: z.instanceof(SharedArrayBuffer).refine(({ byteLength }) => byteLength === 4),
	}),
);

export type SyntaxRequest = z.infer<ReturnType<typeof syntaxRequestSchema>>;
export type SyntaxReply = z.infer<ReturnType<typeof syntaxReplySchema>>;
