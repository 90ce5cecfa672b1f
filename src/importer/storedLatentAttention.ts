import type { LatentAttentionPlan } from "./decoderPlan.ts";
import { concatRows, evenRowsFirst, transposed, type RowStream } from "./rowStreams.ts";
import { wholeMatrix, type Matrix } from "./storedMatrix.ts";
import type { RowRange } from "./tensorSource.ts";
import type { Transfer } from "./transfer.ts";

export interface StoredLatentAttention<StoredMatrix> {
	readonly kind: "latent";
	readonly plan: LatentAttentionPlan;
	/** Where queries come from a latent vector of their own: its size × hiddenSize, and its norm. */
	readonly queryDown: { readonly matrix: StoredMatrix; readonly norm: Float32Array } | undefined;
	/** The parts of all heads that are rotated, in half-split order, and then those that aren't. */
	readonly query: StoredMatrix;
	/** The shared key in half-split order, and then the latent vector: rotaryDim + latentSize × hiddenSize. */
	readonly latent: StoredMatrix;
	/** latentSize values. */
	readonly latentNorm: Float32Array;
	/** Head after head: heads · latentSize × plainDim. The transpose of what makes keys of latents. */
	readonly queryToLatent: StoredMatrix;
	/** Head after head: heads · valueDim × latentSize. */
	readonly latentToValue: StoredMatrix;
	/** hiddenSize × heads · valueDim. */
	readonly output: StoredMatrix;
}

export async function storeLatentAttention<StoredMatrix>(
	transfer: Transfer<StoredMatrix>,
	plan: LatentAttentionPlan,
): Promise<StoredLatentAttention<StoredMatrix>> {
	const { tensors, file, store } = transfer;
	const { hiddenSize } = transfer.plan;
	const { heads, latentSize, plainDim, valueDim, query: queryPlan } = plan;
	const queryDown =
		queryPlan.kind === "direct"
			? undefined
			: {
					matrix: await store(
						file,
						wholeMatrix(tensors, queryPlan.down, [queryPlan.size, hiddenSize]),
					),
					norm: await tensors.read(queryPlan.norm, [queryPlan.size]),
				};
	return {
		kind: "latent",
		plan,
		queryDown,
		query: await store(file, query(transfer, plan)),
		latent: await store(file, latent(transfer, plan)),
		latentNorm: await tensors.read(plan.latentNorm, [latentSize]),
		queryToLatent: await store(file, {
			rows: heads * latentSize,
			columns: plainDim,
			stream: concatRows(
				keysAndValues(transfer, plan, "keys").map((keys) => transposed(keys, latentSize)),
			),
		}),
		latentToValue: await store(file, {
			rows: heads * valueDim,
			columns: latentSize,
			stream: concatRows(keysAndValues(transfer, plan, "values")),
		}),
		output: await store(file, wholeMatrix(tensors, plan.output, [hiddenSize, heads * valueDim])),
	};
}

function query(
	{ tensors, plan: { hiddenSize } }: Transfer<unknown>,
	plan: LatentAttentionPlan,
): Matrix {
	const { heads, plainDim, rotaryDim, query: from } = plan;
	const queryDim = plainDim + rotaryDim;
	const rows = heads * queryDim;
	const columns = from.kind === "direct" ? hiddenSize : from.size;
	const part = (start: number, length: number): readonly RowStream[] =>
		Array.from({ length: heads }, (_, head) =>
			tensors.readRows(from.weight, [rows, columns], range(head * queryDim + start, length)),
		);
	const rotated = part(plainDim, rotaryDim).map((head) => evenRowsFirst(head, columns));
	return { rows, columns, stream: concatRows([...rotated, ...part(0, plainDim)]) };
}

function latent(
	{ tensors, plan: { hiddenSize } }: Transfer<unknown>,
	plan: LatentAttentionPlan,
): Matrix {
	const { latentSize, rotaryDim } = plan;
	const rows = latentSize + rotaryDim;
	const part = (start: number, length: number): RowStream =>
		tensors.readRows(plan.latent, [rows, hiddenSize], range(start, length));
	return {
		rows,
		columns: hiddenSize,
		stream: concatRows([
			evenRowsFirst(part(latentSize, rotaryDim), hiddenSize),
			part(0, latentSize),
		]),
	};
}

/** What makes keys, or values, of latents, for each head. */
function keysAndValues(
	{ tensors }: Transfer<unknown>,
	plan: LatentAttentionPlan,
	part: "keys" | "values",
): readonly RowStream[] {
	const { heads, latentSize, plainDim, valueDim } = plan;
	const dim = plainDim + valueDim;
	return Array.from({ length: heads }, (_, head) => {
		const rows =
			part === "keys" ? range(head * dim, plainDim) : range(head * dim + plainDim, valueDim);
		return tensors.readRows(plan.keysAndValues, [heads * dim, latentSize], rows);
	});
}

const range = (start: number, length: number): RowRange => ({ start, end: start + length });
