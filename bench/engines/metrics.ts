import * as z from "zod";

/** One figure of one engine. Less is better for all of them. */
export const sampleSchema = z.object({
	/** A median where there are several passes. */
	value: z.number(),
	/** Of the same passes: see PassTimes in backendScenarios.ts. */
	fastest: z.number().optional(),
	cpu: z.number().optional(),
});
export type Sample = z.infer<typeof sampleSchema>;

/** What one process found, by the names of {@link metrics}. */
export const samplesSchema = z.record(z.string(), sampleSchema);
export type Samples = z.infer<typeof samplesSchema>;

export interface Metric {
	readonly title: string;
	readonly unit: "ms" | "MB";
	/** Tokens of a pass, for those that are told as tokens a second. */
	readonly tokens?: number;
}

/** Every figure, in the order of the report. */
export const metrics = {
	"decode.0": { title: "decode, 0 past", unit: "ms" },
	"decode.1024": { title: "decode, 1,024 past", unit: "ms" },
	"decode.4096": { title: "decode, 4,096 past", unit: "ms" },
	"prefill.512": { title: "prefill of 512 in one pass", unit: "ms", tokens: 512 },
	"prefill.2048": { title: "prefill of 2,048 in one pass", unit: "ms", tokens: 2048 },
	"verify.1": { title: "verify 1, 1,024 past", unit: "ms" },
	"verify.2": { title: "verify 2, 1,024 past", unit: "ms" },
	"verify.4": { title: "verify 4, 1,024 past", unit: "ms" },
	"verify.8": { title: "verify 8, 1,024 past", unit: "ms" },
	"typed.first": { title: "typed character behind 1,500 tokens: first token", unit: "ms" },
	"typed.answer": { title: "typed character: 16 more tokens, in all", unit: "ms" },
	"engine.firstP50": { title: "the same in Mote's engine: first token, p50", unit: "ms" },
	"engine.firstP95": { title: "in Mote's engine: first token, p95", unit: "ms" },
	"engine.answerP50": { title: "in Mote's engine: 16 more tokens, in all, p50", unit: "ms" },
	"engine.prefill.512": { title: "prefill of 512 in the engine's chunks", unit: "ms", tokens: 512 },
	"abort.p95": { title: "abort to idle, p95", unit: "ms" },
	"load.ms": { title: "load", unit: "ms" },
	"memory.loaded": { title: "memory, loaded, room for 4,096 positions", unit: "MB" },
	"memory.peak": { title: "memory, peak with 4,096 positions", unit: "MB" },
	"requests.growth": { title: "memory grown over small requests", unit: "MB" },
} as const satisfies Record<string, Metric>;
export type MetricName = keyof typeof metrics;

export const metricNames = Object.keys(metrics).filter((name): name is MetricName =>
	Object.hasOwn(metrics, name),
);
