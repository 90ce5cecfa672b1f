import * as z from "zod";

/** Both pictures of one ghost, PNG in base64. */
const pictureSchema = z.object({
	/** What stands before the cursor in its line. */
	lineBefore: z.string(),
	keys: z.int(),
	dark: z.string(),
	light: z.string(),
});

const ghostSchema = z.object({
	offset: z.int(),
	text: z.string(),
	isRight: z.boolean(),
	keys: z.int(),
	taken: z.int(),
	lines: z.int(),
	lineBefore: z.string(),
	/** What was to be written there, and a little more. */
	written: z.string(),
});

/** What was found when the file of one kind was typed. */
export const drivenKindSchema = z.object({
	kind: z.string(),
	file: z.string(),
	/** ISO, with the time. */
	date: z.string(),
	machine: z.object({
		processor: z.string(),
		instructionSets: z.array(z.string()).readonly(),
		logicalCores: z.int(),
		platform: z.string(),
	}),
	/** Of the machine's last minute. */
	load: z.object({ before: z.number(), after: z.number() }),
	places: z.array(
		z.object({
			start: z.int(),
			end: z.int(),
			keys: z.int(),
			pressed: z.int(),
			asked: z.int(),
			ghosts: z.array(ghostSchema),
			/** Looks that saw nothing, by what the status bar said. */
			silences: z.record(z.string(), z.int()),
		}),
	),
	/** Of the longest right ghost, where there was one. */
	picture: pictureSchema.optional(),
});

export type DrivenKind = z.infer<typeof drivenKindSchema>;
export type GhostPicture = z.infer<typeof pictureSchema>;
