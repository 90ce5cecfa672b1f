import type { AttentionPlan, GroupedAttentionPlan } from "./decoderPlan.ts";
import { concatRows } from "./rowStreams.ts";
import { storeLatentAttention, type StoredLatentAttention } from "./storedLatentAttention.ts";
import { wholeMatrix, type Matrix } from "./storedMatrix.ts";
import type { Transfer } from "./transfer.ts";

export type StoredAttention<StoredMatrix> =
	StoredGroupedAttention<StoredMatrix> | StoredLatentAttention<StoredMatrix>;

export interface StoredGroupedAttention<StoredMatrix> {
	readonly kind: "grouped";
	readonly plan: GroupedAttentionPlan;
	/** Rows of queries, keys and values: (heads + 2 · kvHeads) · headDim × hiddenSize. */
	readonly qkv: StoredMatrix;
	/** A value a row of `qkv`. */
	readonly qkvBias: Float32Array | undefined;
	/** headDim values each. */
	readonly headNorms: Readonly<Record<"query" | "key", Float32Array>> | undefined;
	/** hiddenSize × heads · headDim. */
	readonly output: StoredMatrix;
}

export function storeAttention<StoredMatrix>(
	transfer: Transfer<StoredMatrix>,
	plan: AttentionPlan,
): Promise<StoredAttention<StoredMatrix>> {
	return plan.kind === "grouped"
		? storeGroupedAttention(transfer, plan)
		: storeLatentAttention(transfer, plan);
}

async function storeGroupedAttention<StoredMatrix>(
	transfer: Transfer<StoredMatrix>,
	plan: GroupedAttentionPlan,
): Promise<StoredGroupedAttention<StoredMatrix>> {
	const { tensors, file, store } = transfer;
	const { hiddenSize } = transfer.plan;
	const { heads, headDim, headNorms, weights } = plan;
	return {
		kind: "grouped",
		plan,
		qkv: await store(file, qkv(transfer, plan)),
		qkvBias: await qkvBias(transfer, plan),
		headNorms: headNorms && {
			query: await tensors.read(headNorms.query, [headDim]),
			key: await tensors.read(headNorms.key, [headDim]),
		},
		output: await store(file, wholeMatrix(tensors, weights.output, [hiddenSize, heads * headDim])),
	};
}

const projections = ["query", "key", "value"] as const;

const rowsOf = (plan: GroupedAttentionPlan, part: (typeof projections)[number]): number =>
	(part === "query" ? plan.heads : plan.kvHeads) * plan.headDim;

/** One product instead of three: the activations are quantized once and the threads meet once. */
function qkv(
	{ tensors, plan: { hiddenSize } }: Transfer<unknown>,
	plan: GroupedAttentionPlan,
): Matrix {
	const parts = projections.map((part) =>
		wholeMatrix(tensors, plan.weights[part], [rowsOf(plan, part), hiddenSize]),
	);
	return {
		rows: parts.reduce((sum, { rows }) => sum + rows, 0),
		columns: hiddenSize,
		stream: concatRows(parts.map(({ stream }) => stream)),
	};
}

async function qkvBias(
	{ tensors }: Transfer<unknown>,
	plan: GroupedAttentionPlan,
): Promise<Float32Array | undefined> {
	const { biases } = plan;
	if (biases === undefined) {
		return undefined;
	}
	const parts: Float32Array[] = [];
	for (const part of projections) {
		parts.push(await tensors.read(biases[part], [rowsOf(plan, part)]));
	}
	return Float32Array.from(parts.flatMap((values) => [...values]));
}
