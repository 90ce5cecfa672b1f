import type { DecoderPlan, LatentAttentionPlan } from "../decoderPlan.ts";
import type { GraphBuilder } from "../onnx/graphBuilder.ts";
import type { StoredLatentAttention } from "../storedLatentAttention.ts";
import { int64s, type GraphTarget } from "./graphTarget.ts";
import { writeCachedAttention } from "./kvCacheParts.ts";
import { writeNorm } from "./norms.ts";
import { rotaryNames } from "./rotaryConstants.ts";

const lastAxis = { axis: { int: -1 } };

/** Constants that all layers share: their heads are alike. Nothing where no layer has such attention. */
export function declareLatentAttention(graph: GraphBuilder, { layers }: DecoderPlan): void {
	const [first] = layers
		.map(({ attention }) => attention)
		.filter((attention) => attention.kind === "latent");
	if (first === undefined) {
		return;
	}
	const { heads, rotaryDim, plainDim, latentSize } = first;
	const each = (...sizes: readonly number[]): readonly number[] =>
		Array.from({ length: heads }, () => sizes).flat();
	int64s(graph, "split.latent_query", ...each(rotaryDim), ...each(plainDim));
	int64s(graph, "split.latent", rotaryDim, latentSize);
	int64s(graph, "split.latent_heads", ...each(rotaryDim, latentSize));
}

/**
 * `input` [1, S, hiddenSize] → [1, S, heads · (rotaryDim + latentSize)], of which {@link writeLatentValues} makes
 * values. All heads share the one of the KV cache, in which keys and values are the same: the rotated key and the
 * latent vector. In front of the rotation these are one tensor, since attention rotates the first elements of keys only.
 */
export function writeLatentAttention<StoredMatrix>(
	target: GraphTarget<StoredMatrix>,
	layer: number,
	attention: StoredLatentAttention<StoredMatrix>,
	input: string,
): string {
	const { heads, rotary, scale } = attention.plan;
	const key = writeLatentKey(target, layer, attention, input);
	return writeCachedAttention(
		target,
		layer,
		{
			query: writeLatentQuery(target, layer, attention, input),
			key,
			value: key,
			rotary: rotaryNames(rotary),
		},
		{
			num_heads: { int: heads },
			kv_num_heads: { int: 1 },
			do_rotary: { int: 1 },
			rotary_interleaved: { int: 0 },
			scale: { float: scale },
		},
	);
}

/** What comes of latents → [1, S, heads · valueDim]. */
export function writeLatentValues<StoredMatrix>(
	{ graph, operators: { matrices } }: GraphTarget<StoredMatrix>,
	layer: number,
	{ plan, latentToValue }: StoredLatentAttention<StoredMatrix>,
	attended: string,
): string {
	const name = `layers.${layer}.values`;
	const parts = perHead(plan, (head) => [`${name}.${head}.rotated`, `${name}.${head}.latent`]);
	splitInto(graph, attended, "split.latent_heads", parts.flat());
	const values = matrices.parts(latentToValue, plan.heads).map((matrix, head) => {
		const output = `${name}.${head}.output`;
		matrices.linear(graph, `${name}.${head}`, matrix, `${name}.${head}.latent`, output);
		return output;
	});
	return graph.node("Concat", values, [name], lastAxis);
}

/** The rotated key and the latent vector: [1, S, rotaryDim + latentSize]. */
function writeLatentKey<StoredMatrix>(
	target: GraphTarget<StoredMatrix>,
	layer: number,
	{ latent, latentNorm }: StoredLatentAttention<StoredMatrix>,
	input: string,
): string {
	const { graph, operators } = target;
	const name = `layers.${layer}.latent`;
	operators.matrices.linear(graph, `${name}_proj`, latent, input, `${name}.product`);
	splitInto(graph, `${name}.product`, "split.latent", [`${name}.key`, `${name}.states`]);
	const normed = writeNorm(target, {
		values: latentNorm,
		name: `${name}_norm`,
		input: `${name}.states`,
	});
	return graph.node("Concat", [`${name}.key`, normed], [name], lastAxis);
}

/** For each head the rotated part and the other one, multiplied by what makes keys of latents. */
function writeLatentQuery<StoredMatrix>(
	target: GraphTarget<StoredMatrix>,
	layer: number,
	attention: StoredLatentAttention<StoredMatrix>,
	input: string,
): string {
	const { graph, operators } = target;
	const { plan, query, queryToLatent } = attention;
	const name = `layers.${layer}.q`;
	const states = writeQueryDown(target, name, attention, input);
	operators.matrices.linear(graph, `${name}_proj`, query, states, `${name}.product`);
	const rotated = perHead(plan, (head) => `${name}.${head}.rotated`);
	const plain = perHead(plan, (head) => `${name}.${head}.plain`);
	splitInto(graph, `${name}.product`, "split.latent_query", [...rotated, ...plain]);
	const parts = operators.matrices.parts(queryToLatent, plan.heads).flatMap((matrix, head) => {
		const output = `${name}.${head}.latent`;
		operators.matrices.linear(graph, `${name}.${head}`, matrix, `${name}.${head}.plain`, output);
		return [`${name}.${head}.rotated`, output];
	});
	return graph.node("Concat", parts, [name], lastAxis);
}

function writeQueryDown<StoredMatrix>(
	target: GraphTarget<StoredMatrix>,
	name: string,
	{ queryDown }: StoredLatentAttention<StoredMatrix>,
	input: string,
): string {
	if (queryDown === undefined) {
		return input;
	}
	const { graph, operators } = target;
	operators.matrices.linear(graph, `${name}_down`, queryDown.matrix, input, `${name}_down.output`);
	return writeNorm(target, {
		values: queryDown.norm,
		name: `${name}_down.norm`,
		input: `${name}_down.output`,
	});
}

function splitInto(
	graph: GraphBuilder,
	input: string,
	sizes: string,
	outputs: readonly string[],
): void {
	const [first, ...others] = outputs;
	if (first !== undefined) {
		graph.node("Split", [input, sizes], [first, ...others], lastAxis);
	}
}

const perHead = <Item>(
	{ heads }: LatentAttentionPlan,
	item: (head: number) => Item,
): readonly Item[] => Array.from({ length: heads }, (_, head) => item(head));
