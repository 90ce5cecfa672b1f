import * as z from "zod";
import { engineNames, instructionChoices } from "./engineNames.ts";
import { samplesSchema } from "./metrics.ts";

/** What bench/engines.ts and the processes that it starts say to each other. */

/** Which backend to open, and how: what a process of its own is told. */
export const engineChoiceSchema = z.object({
	engine: z.enum(engineNames),
	modelFolder: z.string(),
	threads: z.int().positive(),
	instructions: z.enum(instructionChoices),
	/** For llama.cpp, made ready by {@link prepareLlama}. */
	llama: z
		.object({
			addonPath: z.string(),
			libraryPath: z.string(),
			backendFolder: z.string(),
			ggufPath: z.string(),
		})
		.optional(),
});
export type EngineChoice = z.infer<typeof engineChoiceSchema>;

export const scenarioNames = [
	"memory",
	"decode",
	"prefill",
	"verify",
	"typed",
	"engine",
	"abort",
	"requests",
] as const;

/** Those of Mote's own engine, which other engines don't run behind. */
export const engineScenarioNames: readonly string[] = ["engine", "abort", "requests"];

export const taskSchema = z.object({
	scenario: z.enum(scenarioNames),
	choice: engineChoiceSchema,
	/** Of the scenario "requests". */
	requests: z.int().nonnegative(),
});
export type Task = z.infer<typeof taskSchema>;

export const findingSchema = z.object({
	samples: samplesSchema,
	kernels: z.string(),
	/** Of the machine, before the process did anything. */
	load: z.number(),
	/** Of the scenario "requests": MB at even distances. */
	memorySeries: z.array(z.number()).optional(),
});
export type Finding = z.infer<typeof findingSchema>;
