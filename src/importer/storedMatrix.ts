import { assert } from "../base/assert.ts";
import type { ExternalRegion, WeightsFile } from "./onnx/weightsFile.ts";
import { q4BlockSize, quantizeQ4 } from "./q4.ts";
import type { RowStream } from "./rowStreams.ts";

/** A matrix of the checkpoint, rows (outputs) × columns (inputs), on its way into the weights file. */
export interface Matrix {
	readonly rows: number;
	readonly columns: number;
	readonly stream: RowStream;
}

interface Stored {
	readonly rows: number;
	readonly columns: number;
}

/** Where a matrix in {@link quantizeQ4}'s format lies. */
export interface Q4Matrix extends Stored {
	/** rows × columns ÷ 2 bytes. */
	readonly packed: ExternalRegion;
	/** rows × columns ÷ 32 float32. */
	readonly scales: ExternalRegion;
}

/** Where a matrix lies as it is: rows × columns float32. */
export interface Fp32Matrix extends Stored {
	readonly values: ExternalRegion;
}

/** Writes a matrix into the weights file, in one of the formats. */
export type StoreMatrix<StoredMatrix> = (
	file: WeightsFile,
	matrix: Matrix,
) => Promise<StoredMatrix>;

/** Asserts that the number of columns is a multiple of the block size. */
export const storeQ4: StoreMatrix<Q4Matrix> = async (file, { rows, columns, stream }) => {
	assert(columns % q4BlockSize === 0, "rows consist of whole blocks");
	// An eighth of the float32 weights: kept back until the packed weights are written.
	const scales: Float32Array[] = [];
	const packed = await file.writeRegion(quantizeRows(stream, scales));
	return { rows, columns, packed, scales: await file.writeRegion(scales) };
};

export const storeFp32: StoreMatrix<Fp32Matrix> = async (file, { rows, columns, stream }) => ({
	rows,
	columns,
	values: await file.writeRegion(stream),
});

async function* quantizeRows(rows: RowStream, scales: Float32Array[]): AsyncGenerator<Uint8Array> {
	for await (const values of rows) {
		const quantized = quantizeQ4(values);
		scales.push(quantized.scales);
		yield quantized.packed;
	}
}
