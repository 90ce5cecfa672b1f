import type * as z from "zod";
import { architectureNames } from "../../model/architecture.ts";
import type { DecoderPlan } from "../decoderPlan.ts";
import { ImportError } from "../importError.ts";
import { parseValue } from "../jsonFile.ts";

/** What turns the `config.json` of one `model_type` into a plan. Pure. */
export interface Architecture {
	/** @throws ImportError for what isn't such a config, and for what the graphs couldn't compute rightly */
	plan(config: unknown): DecoderPlan;
}

/** As many as a manifest takes; published models have up to 576. */
const maxHeadDim = 1024;

/** Whether it is so, and what it is, to be named in a sentence. */
type Finding = readonly [isPresent: boolean, what: string];

interface Definition<Schema extends z.ZodType> {
	readonly config: Schema;
	/** What a checkpoint may have that isn't built: "has …". */
	unsupported(config: z.infer<Schema>): readonly Finding[];
	/** What can't be so, beside what holds for every plan. */
	contradictions?(config: z.infer<Schema>): readonly Finding[];
	plan(config: z.infer<Schema>): DecoderPlan;
}

export function defineArchitecture<Schema extends z.ZodType>(
	definition: Definition<Schema>,
): Architecture {
	const { config: schema } = definition;
	return {
		plan: (value) => {
			const config = parseValue(value, schema, "config.json");
			const feature = definition.unsupported(config).find(([isPresent]) => isPresent)?.[1];
			if (feature !== undefined) {
				throw unsupported(`has ${feature}`);
			}
			refuseContradictions(definition.contradictions?.(config) ?? []);
			const plan = definition.plan(config);
			refuseContradictions(contradictionsIn(plan));
			if (plan.headDim > maxHeadDim) {
				throw unsupported(`has heads of ${plan.headDim} elements`);
			}
			return plan;
		},
	};
}

function refuseContradictions(findings: readonly Finding[]): void {
	const contradiction = findings.find(([isPresent]) => isPresent)?.[1];
	if (contradiction !== undefined) {
		throw new ImportError(
			"checkpointInvalid",
			`The checkpoint's config.json contradicts itself (${contradiction}); take the checkpoint anew from its source.`,
		);
	}
}

/** `what` is what the checkpoint is or has. */
export function unsupported(what: string): ImportError {
	return new ImportError(
		"checkpointUnsupported",
		`This checkpoint ${what}, which can't be imported; choose one of a plain type: ${architectureNames.join(", ")}.`,
	);
}

function contradictionsIn({ headDim, layers, rotary }: DecoderPlan): readonly Finding[] {
	return [
		[headDim < 1, "there are more heads than elements for them"],
		[rotary.some(({ dim }) => dim % 2 !== 0), "the head dimension is odd"],
		[
			rotary.some(
				({ scaling }) =>
					scaling.kind === "llama3" && scaling.highFrequencyFactor <= scaling.lowFrequencyFactor,
			),
			"high_freq_factor isn't above low_freq_factor",
		],
		...layers.flatMap(({ attention, feedForward }): readonly Finding[] => [
			[
				attention.kind === "grouped" && attention.heads % attention.kvHeads !== 0,
				"key heads don't divide query heads",
			],
			[
				feedForward.kind === "experts" && feedForward.expertsPerToken > feedForward.experts,
				"more experts per token than experts",
			],
		]),
	];
}

/** A text of a file, in a sentence. */
export const quoted = (text: string): string => JSON.stringify(text.slice(0, 40));
