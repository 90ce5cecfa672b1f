import { assert } from "../../base/assert.ts";
import type { OpenTensors } from "../checkpointSource.ts";
import { ImportError } from "../importError.ts";
import type { RowStream } from "../rowStreams.ts";
import type { MatrixShape, RowRange } from "../tensorSource.ts";
import type { GgufFiles } from "./ggufFiles.ts";
import type { GgufTensor } from "./ggufHeader.ts";
import { placeOf, type GgufArchitecture, type TensorPlace } from "./tensorNames.ts";

/** Rows are read in pieces of about this many elements, so that no tensor has to fit in memory. */
const maxChunkElements = 4 * 1024 * 1024;
/** A head's rows are read together; the largest that is published has 0.7 million elements. */
const maxHeadElements = 64 * 1024 * 1024;

/** What of the metadata says how tensors are laid out. */
export interface GgufLayout {
	readonly architecture: GgufArchitecture;
	readonly heads: number;
	readonly kvHeads: number;
}

/** Some rows of a matrix that are read and put in order together. */
interface RowGroups {
	readonly rows: number;
	/** The rows of one of the groups, in the order of published checkpoints. */
	read(group: number): Promise<Float32Array>;
}

/** The tensors of a GGUF file by their Hugging Face names, decoded to float32. Owns the files. */
export class GgufTensors implements OpenTensors {
	readonly #files: GgufFiles;
	readonly #layout: GgufLayout;

	constructor(files: GgufFiles, layout: GgufLayout) {
		this.#files = files;
		this.#layout = layout;
	}

	get identity(): string {
		return JSON.stringify([this.#layout, this.#files.identity]);
	}

	async read(name: string, shape: readonly number[]): Promise<Float32Array> {
		const place = this.#place(name);
		if (place.kind !== "whole") {
			throw missing(name);
		}
		const tensor = this.#tensor(place.name, name, shape);
		return await this.#decode(place.name, tensor, 0, tensor.bytes);
	}

	readRows(
		name: string,
		shape: MatrixShape,
		range: RowRange = { start: 0, end: shape[0] },
	): RowStream {
		const { start, end } = range;
		assert(start >= 0 && start <= end && end <= shape[0], "the rows are some of the matrix");
		const place = this.#place(name);
		switch (place.kind) {
			case "whole":
				return this.#plainRows(place.name, this.#tensor(place.name, name, shape), shape, range);
			case "stacked": {
				const [rows, columns] = shape;
				const stack = this.#stack(place.name, name);
				const tensor = this.#tensor(place.name, name, [stack.shape[0] ?? 0, rows, columns]);
				if (place.index >= (stack.shape[0] ?? 0)) {
					throw missing(name);
				}
				const first = place.index * rows;
				return this.#plainRows(place.name, tensor, [(stack.shape[0] ?? 0) * rows, columns], {
					start: first + start,
					end: first + end,
				});
			}
			case "interleavedHeads":
				return rowsOfGroups(this.#interleavedHeads(place, name, shape), shape, range);
			case "keysAndValues":
				return rowsOfGroups(this.#keysAndValues(place, name, shape), shape, range);
		}
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#files[Symbol.asyncDispose]();
	}

	async *#plainRows(
		ggufName: string,
		tensor: GgufTensor,
		[rows, columns]: MatrixShape,
		{ start, end }: RowRange,
	): RowStream & AsyncGenerator<Float32Array> {
		const rowBytes = tensor.bytes / rows;
		const rowsPerChunk = Math.max(1, Math.floor(maxChunkElements / columns));
		for (let row = start; row < end; row += rowsPerChunk) {
			const count = Math.min(rowsPerChunk, end - row);
			yield await this.#decode(ggufName, tensor, row * rowBytes, count * rowBytes);
		}
	}

	/** Row 2i + p of a head is row p · half + i of the published one. */
	#interleavedHeads(
		place: Extract<TensorPlace, { kind: "interleavedHeads" }>,
		name: string,
		shape: MatrixShape,
	): RowGroups {
		const tensor = this.#tensor(place.name, name, shape);
		const [rows, columns] = shape;
		const headRows = rows / (place.heads === "query" ? this.#layout.heads : this.#layout.kvHeads);
		if (headRows % 2 !== 0 || headRows * columns > maxHeadElements) {
			throw wrongShape(name, tensor.shape, shape);
		}
		const headBytes = (tensor.bytes / rows) * headRows;
		const half = headRows / 2;
		return {
			rows: headRows,
			read: async (head) => {
				const stored = await this.#decode(place.name, tensor, head * headBytes, headBytes);
				const ordered = new Float32Array(stored.length);
				for (let row = 0; row < headRows; row++) {
					const from = row < half ? 2 * row : 2 * (row - half) + 1;
					ordered.set(stored.subarray(from * columns, (from + 1) * columns), row * columns);
				}
				return ordered;
			},
		};
	}

	/** A head's keys are stored with rows and columns exchanged, its values as they are published, below its keys. */
	#keysAndValues(
		place: Extract<TensorPlace, { kind: "keysAndValues" }>,
		name: string,
		shape: MatrixShape,
	): RowGroups {
		const { heads } = this.#layout;
		const [rows, columns] = shape;
		const keyRows = this.#stack(place.keys, name).shape[2] ?? 0;
		const keys = this.#tensor(place.keys, name, [heads, columns, keyRows]);
		const valueRows = rows / heads - keyRows;
		const values = this.#tensor(place.values, name, [heads, valueRows, columns]);
		if ((rows / heads) * columns > maxHeadElements) {
			throw wrongShape(name, keys.shape, shape);
		}
		const keyBytes = keys.bytes / heads;
		const valueBytes = values.bytes / heads;
		return {
			rows: rows / heads,
			read: async (head) => {
				const joined = new Float32Array((rows / heads) * columns);
				const stored = await this.#decode(place.keys, keys, head * keyBytes, keyBytes);
				for (let row = 0; row < keyRows; row++) {
					for (let column = 0; column < columns; column++) {
						joined[row * columns + column] = stored[column * keyRows + row] ?? NaN;
					}
				}
				joined.set(
					await this.#decode(place.values, values, head * valueBytes, valueBytes),
					keyRows * columns,
				);
				return joined;
			},
		};
	}

	#place(name: string): TensorPlace {
		const place = placeOf(
			this.#layout.architecture,
			name,
			(ggufName) => this.#files.tensor(ggufName) !== undefined,
		);
		if (place === undefined) {
			throw missing(name);
		}
		return place;
	}

	/** The tensor of the file, which must have exactly `shape`, but for sizes of 1 in front, which files leave out. */
	#tensor(ggufName: string, name: string, shape: readonly number[]): GgufTensor {
		const found = this.#files.tensor(ggufName);
		if (found === undefined) {
			throw missing(name, ggufName);
		}
		if (significant(found.shape).join() !== significant(shape).join()) {
			throw wrongShape(name, found.shape, shape);
		}
		return found;
	}

	#stack(ggufName: string, name: string): GgufTensor {
		const found = this.#files.tensor(ggufName);
		if (found?.shape.length !== 3) {
			throw missing(name, ggufName);
		}
		return found;
	}

	async #decode(
		ggufName: string,
		{ type }: GgufTensor,
		start: number,
		bytes: number,
	): Promise<Float32Array> {
		const values = type.decode(await this.#files.readBytes(ggufName, start, bytes));
		if (!values.every(Number.isFinite)) {
			throw new ImportError(
				"checkpointInvalid",
				`The tensor "${ggufName}" holds values that are not finite numbers; download the file anew from its source.`,
			);
		}
		return values;
	}
}

/** Rows `start` to `end` of a matrix that is read in groups, a piece a group. */
async function* rowsOfGroups(
	groups: RowGroups,
	[, columns]: MatrixShape,
	{ start, end }: RowRange,
): AsyncGenerator<Float32Array> {
	for (let row = start; row < end;) {
		const group = Math.floor(row / groups.rows);
		const first = group * groups.rows;
		const last = Math.min(end, first + groups.rows);
		const values = await groups.read(group);
		yield values.subarray((row - first) * columns, (last - first) * columns);
		row = last;
	}
}

function significant(shape: readonly number[]): readonly number[] {
	const first = shape.findIndex((size) => size !== 1);
	return first < 0 ? shape.slice(-1) : shape.slice(first);
}

function missing(name: string, ggufName?: string): ImportError {
	return new ImportError(
		"checkpointInvalid",
		`The file has no tensor ${ggufName === undefined ? "for" : `"${ggufName}", which is`} "${name}"; take a GGUF file that llama.cpp runs.`,
	);
}

function wrongShape(
	name: string,
	actual: readonly number[],
	expected: readonly number[],
): ImportError {
	return new ImportError(
		"checkpointInvalid",
		`The tensor for "${name}" has the shape [${actual.join(", ")}] where the metadata asks for [${expected.join(", ")}]; download the file anew from its source.`,
	);
}
