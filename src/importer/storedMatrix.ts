import { assert } from "../base/assert.ts";
import { writeRegion, type ExternalRegion, type RegionWriter } from "./onnx/weightsFile.ts";
import { q4BlockSize, quantizeQ4 } from "./q4.ts";
import type { RowStream } from "./rowStreams.ts";
import type { MatrixShape, TensorSource } from "./tensorSource.ts";

/** A matrix of the checkpoint, rows (outputs) × columns (inputs), on its way into the weights file. */
export interface Matrix {
	readonly rows: number;
	readonly columns: number;
	readonly stream: RowStream;
}

/** All of a matrix of the checkpoint. */
export function wholeMatrix(tensors: TensorSource, name: string, shape: MatrixShape): Matrix {
	const [rows, columns] = shape;
	return { rows, columns, stream: tensors.readRows(name, shape) };
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
	file: RegionWriter,
	matrix: Matrix,
) => Promise<StoredMatrix>;

/** Asserts that the number of columns is a multiple of the block size. */
export const storeQ4: StoreMatrix<Q4Matrix> = async (file, { rows, columns, stream }) => {
	assert(columns % q4BlockSize === 0, "rows consist of whole blocks");
	// An eighth of the float32 weights: kept back until the packed weights are written.
	const scales: Float32Array[] = [];
	const elements = rows * columns;
	const [packedRegion, scalesRegion] = await file.writeRegions([
		{ bytes: elements / 2, content: () => quantizeRows(stream, scales) },
		{
			bytes: (elements / q4BlockSize) * Float32Array.BYTES_PER_ELEMENT,
			content: () => scales,
		},
	]);
	assert(packedRegion !== undefined && scalesRegion !== undefined, "both regions were written");
	return { rows, columns, packed: packedRegion, scales: scalesRegion };
};

export const storeFp32: StoreMatrix<Fp32Matrix> = async (file, { rows, columns, stream }) => {
	const bytes = rows * columns * Float32Array.BYTES_PER_ELEMENT;
	return { rows, columns, values: await writeRegion(file, { bytes, content: () => stream }) };
};

/** Matrices of as many rows each, which lie one after the other in `matrix`. */
export const q4Parts = (matrix: Q4Matrix, count: number): readonly Q4Matrix[] =>
	Array.from({ length: count }, (_, index) => ({
		rows: matrix.rows / count,
		columns: matrix.columns,
		packed: part(matrix.packed, index, count),
		scales: part(matrix.scales, index, count),
	}));

/** See {@link q4Parts}. */
export const fp32Parts = (matrix: Fp32Matrix, count: number): readonly Fp32Matrix[] =>
	Array.from({ length: count }, (_, index) => ({
		rows: matrix.rows / count,
		columns: matrix.columns,
		values: part(matrix.values, index, count),
	}));

const part = (
	{ offset, length }: ExternalRegion,
	index: number,
	count: number,
): ExternalRegion => ({
	offset: offset + (index * length) / count,
	length: length / count,
});

async function* quantizeRows(rows: RowStream, scales: Float32Array[]): AsyncGenerator<Uint8Array> {
	for await (const values of rows) {
		const quantized = quantizeQ4(values);
		scales.push(quantized.scales);
		yield quantized.packed;
	}
}
