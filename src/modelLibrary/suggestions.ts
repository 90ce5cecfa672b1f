import * as z from "zod";
import { importedBytes, type ModelNeeds } from "./machineFit.ts";

const day = z.string().regex(/^20\d\d-\d\d-\d\d$/);
const sentence = z.string().min(3).max(300);

const suggestionSchema = z.strictObject({
	/** Short, for typing. */
	id: z.string().regex(/^[a-z0-9][a-z0-9.-]{2,60}$/),
	name: z.string().min(1).max(100),
	/** "owner/name" on the hub. */
	repository: z.string().regex(/^[\w.-]{1,96}\/[\w.-]{1,96}$/),
	/** `model_type` of its config.json. */
	architecture: z.string().regex(/^[a-z0-9_]{2,40}$/),
	/** How its files are laid out. */
	layout: z.enum(["checkpoint", "transformers.js", "genai"]),
	parameters: z.strictObject({
		totalBillions: z.number().positive().max(10_000),
		/** Those that a token takes part of, where a source says; the same as the total where that is all. */
		activeBillions: z.number().positive().max(10_000).optional(),
	}),
	/** Of the weights, as they are fetched. */
	download: z.strictObject({
		bytes: z.int().positive(),
		/** "computed": parameters in 16 bits; "published": as the hub lists them. */
		basis: z.enum(["computed", "published"]),
	}),
	/** SPDX where there is one. */
	license: z.string().min(1).max(100),
	/** Undefined where no source says. */
	contextTokens: z.int().positive().optional(),
	/** Whether it was trained to fill in the middle, and by which markers. */
	fim: z.string().min(1).max(200).nullable(),
	chat: z.boolean(),
	/** Where these facts are from, and of which day they are. */
	source: z.strictObject({ from: sentence, date: day }),
	/** Null unless this project has installed it and had it write: then what was run, and when. */
	verified: z.strictObject({ what: sentence, date: day }).nullable(),
	note: sentence.optional(),
});

const suggestionsSchema = z.strictObject({
	formatVersion: z.literal(1),
	models: z.array(suggestionSchema).min(1).max(200),
});

/** A model that many people want, with what is known of it. */
export type Suggestion = z.infer<typeof suggestionSchema>;

/** Reads the file of suggestions. Throws a ZodError: the file ships. */
export function parseSuggestions(text: string): readonly Suggestion[] {
	return suggestionsSchema.parse(JSON.parse(text)).models;
}

/** What it takes to install and run a suggestion. Ready-made layouts stay as they are. */
export function needsOf({ download: { bytes }, layout }: Suggestion): ModelNeeds {
	return {
		downloadBytes: bytes,
		installedBytes: layout === "checkpoint" ? importedBytes(bytes) : bytes,
	};
}

/** Why this version can't install a suggestion; undefined where it can. */
export function obstacleTo(
	{ layout, architecture }: Suggestion,
	importable: ReadonlySet<string>,
): string | undefined {
	if (layout !== "checkpoint") {
		return `this version of Mote doesn't read the layout of ${layout}`;
	}
	return importable.has(architecture)
		? undefined
		: `this version of Mote doesn't import the type "${architecture}"`;
}
