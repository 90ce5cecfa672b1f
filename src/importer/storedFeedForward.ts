import type { DensePlan, ExpertsPlan, FeedForwardPlan, SwiGluWeights } from "./decoderPlan.ts";
import { writeRegion, type ExternalRegion } from "./onnx/weightsFile.ts";
import { concatRows, interleaveRows, scaledRows, type RowStream } from "./rowStreams.ts";
import { wholeMatrix } from "./storedMatrix.ts";
import type { Transfer } from "./transfer.ts";

export type StoredFeedForward<StoredMatrix> =
	StoredDense<StoredMatrix> | StoredExperts<StoredMatrix>;

/** The matrices of SwiGLUs of one size, one after the other. */
export interface StoredSwiGlus<StoredMatrix> {
	/** Gate and up rows by turns: count · 2 · size × hiddenSize. */
	readonly gateUp: StoredMatrix;
	/** count · hiddenSize × size. */
	readonly down: StoredMatrix;
}

export interface StoredDense<StoredMatrix> extends StoredSwiGlus<StoredMatrix> {
	readonly kind: "dense";
	readonly plan: DensePlan;
}

export interface StoredExperts<StoredMatrix> extends StoredSwiGlus<StoredMatrix> {
	readonly kind: "experts";
	readonly plan: ExpertsPlan;
	/** experts × hiddenSize float32 in every format: it is small, and a rounding there sends a token to another expert. */
	readonly router: ExternalRegion;
	/** What every token goes through beside its experts. */
	readonly shared: StoredSwiGlus<StoredMatrix> | undefined;
}

export async function storeFeedForward<StoredMatrix>(
	transfer: Transfer<StoredMatrix>,
	plan: FeedForwardPlan,
): Promise<StoredFeedForward<StoredMatrix>> {
	switch (plan.kind) {
		case "dense":
			return { kind: "dense", plan, ...(await storeDense(transfer, plan)) };
		case "experts": {
			const router = await storeRouter(transfer, plan);
			const matrices = await storeSwiGlus(transfer, {
				count: plan.experts,
				size: plan.expertSize,
				outputScale: plan.outputScale,
				weights: plan.weights,
			});
			const shared = plan.shared && (await storeDense(transfer, plan.shared));
			return { kind: "experts", plan, router, ...matrices, shared };
		}
	}
}

const storeDense = <StoredMatrix>(
	transfer: Transfer<StoredMatrix>,
	{ size, weights }: DensePlan,
): Promise<StoredSwiGlus<StoredMatrix>> =>
	storeSwiGlus(transfer, { count: 1, size, outputScale: 1, weights: () => weights });

function storeRouter(
	{ tensors, file, plan: { hiddenSize } }: Transfer<unknown>,
	{ router, experts }: ExpertsPlan,
): Promise<ExternalRegion> {
	const rows = tensors.readRows(router, [experts, hiddenSize]);
	const bytes = experts * hiddenSize * Float32Array.BYTES_PER_ELEMENT;
	return writeRegion(file, { bytes, content: () => rows });
}

async function storeSwiGlus<StoredMatrix>(
	{ tensors, file, store, plan: { hiddenSize } }: Transfer<StoredMatrix>,
	swiGlus: {
		readonly count: number;
		readonly size: number;
		readonly outputScale: number;
		readonly weights: (index: number) => SwiGluWeights;
	},
): Promise<StoredSwiGlus<StoredMatrix>> {
	const { count, size, outputScale, weights } = swiGlus;
	const each = (rows: (weights: SwiGluWeights) => RowStream): RowStream =>
		concatRows(Array.from({ length: count }, (_, index) => rows(weights(index))));
	const gateUp = each(({ gate, up }) =>
		interleaveRows(
			tensors.readRows(gate, [size, hiddenSize]),
			tensors.readRows(up, [size, hiddenSize]),
			hiddenSize,
		),
	);
	const down = each((names) => wholeMatrix(tensors, names.down, [hiddenSize, size]).stream);
	return {
		gateUp: await store(file, { rows: count * 2 * size, columns: hiddenSize, stream: gateUp }),
		down: await store(file, {
			rows: count * hiddenSize,
			columns: size,
			stream: outputScale === 1 ? down : scaledRows(down, outputScale),
		}),
	};
}
