import * as z from "zod";
import { maxRememberedEdits } from "../../nextEdit/editHistory.ts";
import { maxLeavingNames } from "../../nextEdit/leavingNames.ts";
import { proposerNames } from "../../nextEdit/proposerName.ts";
import { maxPendingChanges, maxPendingUnits } from "./pendingChanges.ts";
import { maxFollowedLines, maxFollowedUnits } from "./quietReason.ts";

/** Messages between {@link SearchClient} and its worker. Both sides parse what they receive. */

/** More edits of one search are neither shown nor explained. */
export const maxFoundEdits = 100;
/** Lines of one edit, before and after; more are no edit by hand. */
export const maxFoundLines = 60;
/** Places of one other file. */
export const maxUses = 2000;

const id = z.int().nonnegative();
const line = z.int().nonnegative();
const column = z.int().nonnegative();
const document = z.string().max(10_000);

const changeSchema = z.strictObject({
	startLine: line,
	startColumn: column,
	endLine: line,
	endColumn: column,
	text: z.string().max(maxPendingUnits),
});

export const feedRequestSchema = z.discriminatedUnion("kind", [
	/** The text as it is now, whatever was known before. With its line breaks. */
	z.strictObject({
		kind: z.literal("open"),
		document,
		text: z.string().max(2 * maxFollowedUnits),
	}),
	z.strictObject({
		kind: z.literal("change"),
		document,
		changes: z.array(changeSchema).max(maxPendingChanges),
		atMs: z.number(),
		isUndo: z.boolean(),
	}),
	z.strictObject({ kind: z.literal("close"), document }),
]);

export const searchRequestSchema = z.strictObject({
	kind: z.literal("search"),
	id,
	document,
	languageId: z.string().max(200),
	/** Of the document now: whoever has another one is out of step. */
	lines: line.max(maxFollowedLines),
	units: z.int().nonnegative().max(maxFollowedUnits),
});

/** Names that edits were about, and that other files may know. */
const nameSchema = z.strictObject({
	name: z.string(),
	next: z.union([z.string(), z.undefined()]),
	lines: z.array(line).readonly(),
	kind: z.string(),
	support: z.int().nonnegative(),
	isRepeated: z.boolean(),
});

/** What follows in another file from the edits of a document. */
export const elsewhereRequestSchema = z.strictObject({
	...searchRequestSchema.shape,
	kind: z.literal("searchElsewhere"),
	names: z
		.array(nameSchema.pick({ name: true, next: true }))
		.max(maxLeavingNames)
		.readonly(),
	/** Of the other file, with its line breaks. */
	text: z.string().max(maxFollowedUnits),
	/** Where it means what was changed. */
	uses: z
		.array(z.strictObject({ name: z.string(), line, column }))
		.max(maxUses)
		.readonly(),
});

/** What is asked wants an answer, even where it can't be understood. */
export const askedSchema = z.object({ id });

const foundEditSchema = z.strictObject({
	edit: z.strictObject({
		line,
		old: z.array(z.string()).max(maxFoundLines).readonly(),
		next: z.array(z.string()).max(maxFoundLines).readonly(),
	}),
	probability: z.number().min(0).max(1),
	proposers: z.array(z.enum(proposerNames)).readonly(),
	/** How many of the edits made are of its kind. */
	support: z.int().nonnegative(),
	/** Edits with the same value do the same. */
	kind: z.string(),
	/** What weighed most in its probability, the heaviest first; positive values speak for it. */
	reasons: z.array(z.strictObject({ name: z.string(), weight: z.number() })).readonly(),
});

export const searchReplySchema = z.discriminatedUnion("kind", [
	z.strictObject({
		kind: z.literal("found"),
		id,
		/** The likeliest first. */
		edits: z.array(foundEditSchema).max(maxFoundEdits).readonly(),
		/** Edits made that were learned from. */
		made: z.int().nonnegative().max(maxRememberedEdits),
		/** What else those edits were about. */
		leaving: z.array(nameSchema).max(maxLeavingNames).readonly(),
	}),
	z.strictObject({
		kind: z.literal("foundElsewhere"),
		id,
		/** The likeliest first. */
		edits: z.array(foundEditSchema).max(maxFoundEdits).readonly(),
		/** Of the other file. */
		lines: line,
	}),
	/** The text isn't the one that was followed: it has to be opened again. */
	z.strictObject({ kind: z.literal("outOfStep"), id }),
	z.strictObject({ kind: z.literal("failed"), id, message: z.string() }),
]);

export type FeedRequest = z.infer<typeof feedRequestSchema>;
export type SearchRequest = z.infer<typeof searchRequestSchema>;
export type ElsewhereRequest = z.infer<typeof elsewhereRequestSchema>;
export type LeavingNames = Extract<SearchReply, { kind: "found" }>["leaving"];
export type SearchReply = z.infer<typeof searchReplySchema>;
export type FoundEdit = z.infer<typeof foundEditSchema>;
