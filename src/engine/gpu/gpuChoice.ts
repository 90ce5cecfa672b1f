import * as z from "zod";
import { completionMs, type PassTimes } from "../passTimes.ts";
import type { MeasurementKind } from "../rememberedMeasurements.ts";
import { gpuFaultSchema } from "./gpuFault.ts";
import { gpuProviders, providerNames, type GpuProvider } from "./gpuProviders.ts";

const timesSchema = z.strictObject({
	decodeStepMs: z.number().nonnegative(),
	prefillChunkMs: z.number().nonnegative(),
});

const trialSchema = z.discriminatedUnion("kind", [
	z.strictObject({ kind: z.literal("timed"), provider: z.enum(gpuProviders), times: timesSchema }),
	z.strictObject({
		kind: z.literal("unusable"),
		provider: z.enum(gpuProviders),
		fault: gpuFaultSchema,
	}),
]);

/** What came of trying a provider. */
export type GpuTrial = z.infer<typeof trialSchema>;

const choiceSchema = z.strictObject({
	chosen: z.enum(["cpu", ...gpuProviders]),
	/** Of the processor. */
	cpu: timesSchema,
	trials: z.array(trialSchema).max(gpuProviders.length),
});

/** What runs a model on a machine, and the figures that this was decided by. */
export type GpuChoice = z.infer<typeof choiceSchema>;

/** How choices are remembered. */
export const gpuChoices: MeasurementKind<GpuChoice> = {
	fileName: "gpu-choices.json",
	value: choiceSchema,
	subject: "whether the processor or a graphics card is faster",
	consequence: "the next start times both again",
};

/**
 * A GPU has to be faster by this much. The processor's memory and battery are what a machine has anyway; a GPU is taken from
 * what draws the screen, and may be gone after the next sleep.
 */
const leastAdvantage = 1.2;

/** The fastest of the processor and the providers that ran. Pure. */
export function chooseFastest(cpu: PassTimes, trials: readonly GpuTrial[]): GpuChoice {
	const timed = trials.filter((trial) => trial.kind === "timed");
	const [fastest] = timed.toSorted((a, b) => completionMs([a.times]) - completionMs([b.times]));
	const isWorthIt =
		fastest !== undefined && completionMs([fastest.times]) * leastAdvantage < completionMs([cpu]);
	return { chosen: isWorthIt ? fastest.provider : "cpu", cpu, trials: [...trials] };
}

/** The provider that somebody asks for, however fast it is; the processor where it can't run the model, or not right. Pure. */
export function chooseRunning(cpu: PassTimes, trials: readonly GpuTrial[]): GpuChoice {
	const running = trials.find((trial) => trial.kind === "timed");
	return { chosen: running?.provider ?? "cpu", cpu, trials: [...trials] };
}

/** For people: by how much what was chosen is faster. Undefined where there was nothing to choose from. */
export function advantageOf({ chosen, cpu, trials }: GpuChoice): string | undefined {
	const timed = trials.filter((trial) => trial.kind === "timed");
	const cpuMs = completionMs([cpu]);
	if (chosen !== "cpu") {
		const own = timed.find(({ provider }) => provider === chosen);
		return own && `${times(cpuMs, completionMs([own.times]))} as fast as the processor here`;
	}
	const [best] = timed.toSorted((a, b) => completionMs([a.times]) - completionMs([b.times]));
	if (best === undefined) {
		return undefined;
	}
	const gpuMs = completionMs([best.times]);
	const name = providerNames[best.provider];
	return gpuMs < cpuMs
		? `hardly slower than ${name} here`
		: `${times(gpuMs, cpuMs)} as fast as ${name} here`;
}

/** For people who look into the log: what was measured, one line for each. */
export function figuresOf({ cpu, trials }: GpuChoice): readonly string[] {
	const figures = ({ decodeStepMs, prefillChunkMs }: PassTimes): string =>
		`${decodeStepMs.toFixed(1)} ms a token, ${prefillChunkMs.toFixed(1)} ms for a chunk of a prompt`;
	return [
		`The processor takes ${figures(cpu)}.`,
		...trials
			.filter((trial) => trial.kind === "timed")
			.map((trial) => `${providerName(trial)} takes ${figures(trial.times)}.`),
	];
}

const providerName = ({ provider }: { readonly provider: GpuProvider }): string =>
	providerNames[provider];

function times(slowerMs: number, fasterMs: number): string {
	const ratio = fasterMs === 0 ? 1 : slowerMs / fasterMs;
	return `${ratio.toFixed(ratio < 10 ? 1 : 0)} times`;
}
