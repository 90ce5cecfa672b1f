import type { DecoderPlan } from "./decoderPlan.ts";
import type { RegionWriter } from "./onnx/weightsFile.ts";
import type { StoreMatrix } from "./storedMatrix.ts";
import type { TensorSource } from "./tensorSource.ts";

/** Where a part of a decoder comes from and goes to. */
export interface Transfer<StoredMatrix> {
	readonly plan: DecoderPlan;
	readonly tensors: TensorSource;
	readonly file: RegionWriter;
	readonly store: StoreMatrix<StoredMatrix>;
}
