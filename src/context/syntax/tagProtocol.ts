import * as z from "zod";
import type { FileTags } from "./fileTags.ts";

/**
 * Messages between TagClient and its process. Both are of one build; what is checked is the shape of each message,
 * and not each of the thousands of tags in it.
 */
export const tagProcessDataSchema = z.object({
	runtime: z.string(),
	grammarFolder: z.string(),
	queryFolder: z.string(),
});

export type TagProcessData = z.infer<typeof tagProcessDataSchema>;

const id = z.int().nonnegative();

export const tagRequestSchema = z.object({ id, languageId: z.string(), text: z.string() });

export type TagRequest = z.infer<typeof tagRequestSchema>;

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;

export const tagReplySchema = z.discriminatedUnion("kind", [
	/** Sent once: the process runs, so what ends it from now on is the file that it reads. */
	z.object({ kind: z.literal("started") }),
	z.object({ kind: z.literal("tags"), id, tags: z.custom<FileTags>(isObject).optional() }),
	z.object({ kind: z.literal("failed"), id, message: z.string() }),
]);

export type TagReply = z.infer<typeof tagReplySchema>;
