import * as z from "zod";
import { completionMs, type PassTimes } from "../passTimes.ts";
import type { MeasurementKind } from "../rememberedMeasurements.ts";

/**
 * Decides which of a model's graphs runs on a machine. Pure: passes are timed, and choices remembered,
 * elsewhere.
 *
 * QMoE is one operator a layer, which is fast with AVX-512 only: elsewhere it dequantizes every expert on
 * every pass and takes ten times as long as portable experts. Node doesn't say what a processor has, nor
 * which path a release of the runtime takes on it, so both are timed.
 */
export type ExpertsGraph = "qmoe" | "portable";

export interface GraphChoice {
	readonly graph: ExpertsGraph;
	/** By how much a completion takes longer with the other graph; a little below 1 where that doesn't count. */
	readonly timesAsFast: number;
}

/** How choices are remembered. */
export const graphChoices: MeasurementKind<GraphChoice> = {
	fileName: "graph-choices.json",
	value: z.strictObject({
		graph: z.enum(["qmoe", "portable"]),
		timesAsFast: z.number().positive(),
	}),
	subject: "which graph is the faster one",
	consequence: "the next start times both again",
};

/**
 * QMoE has to be faster by this much. Portable experts load in half the time and take a third less memory:
 * 209 MB against 302 with mote-base.
 */
const leastAdvantage = 1.05;

/**
 * The largest weights of which two copies may be in memory for a moment. Of a larger model only the
 * portable graph is opened, which is never slower by much.
 */
export const maxTimedWeightsBytes = 512 * 2 ** 20;

/** The graph with which a completion takes less time, by the medians of several rounds. */
export function chooseGraph(
	times: Readonly<Record<ExpertsGraph, readonly PassTimes[]>>,
): GraphChoice {
	const qmoe = completionMs(times.qmoe);
	const portable = completionMs(times.portable);
	return portable > qmoe * leastAdvantage
		? { graph: "qmoe", timesAsFast: portable / qmoe }
		: { graph: "portable", timesAsFast: portable === 0 ? 1 : qmoe / portable };
}

/** For people: which graph it is, and why. */
export function describeChoice({ graph, timesAsFast }: GraphChoice): string {
	const [chosen, other] =
		graph === "qmoe" ? ["QMoE", "portable experts"] : ["portable experts", "QMoE"];
	const advantage =
		timesAsFast < leastAdvantage ? "as fast" : `${timesAsFast.toFixed(1)} times as fast`;
	return `${chosen} (${advantage} as ${other} here)`;
}
