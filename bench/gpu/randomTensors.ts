import { createHash } from "node:crypto";
import { assert } from "../../src/base/assert.ts";
import type { OpenTensors } from "../../src/importer/checkpointSource.ts";
import type { RowStream } from "../../src/importer/rowStreams.ts";
import type { MatrixShape, RowRange } from "../../src/importer/tensorSource.ts";
import { gaussian } from "../../test/support/randomCheckpoint.ts";

/** Prime, so that no number of columns divides it: rows of one matrix all begin at different values. */
const poolSize = 4_194_301;

/** Values of a piece of rows, about. */
const pieceValues = 1 << 18;

/**
 * The tensors of a checkpoint that doesn't exist: of any name and any shape, always the same for the same seed. Normally distributed
 * values are made once, and each tensor reads them from another place on, since making billions takes minutes.
 */
export class RandomTensors implements OpenTensors {
	readonly identity: string;
	readonly #pool: Float32Array;
	readonly #seed: number;

	constructor(seed: number) {
		const random = gaussian(seed);
		this.identity = `random ${seed}`;
		this.#pool = Float32Array.from({ length: poolSize }, random);
		this.#seed = seed;
	}

	read(name: string, shape: readonly number[]): Promise<Float32Array> {
		const count = shape.reduce((product, size) => product * size, 1);
		const { mean, deviation } = smallDistribution(name);
		return Promise.resolve(this.#values(name, 0, count).map((value) => mean + deviation * value));
	}

	async *readRows(name: string, [rows, columns]: MatrixShape, range?: RowRange): RowStream {
		const { start, end } = range ?? { start: 0, end: rows };
		assert(start >= 0 && start <= end && end <= rows, "the rows are in the matrix");
		const deviation = matrixDeviation(name, columns);
		const rowsOfPiece = Math.max(1, Math.floor(pieceValues / columns));
		for (let row = start; row < end; row += rowsOfPiece) {
			const count = Math.min(rowsOfPiece, end - row) * columns;
			// One piece after the other: a matrix has up to a gigabyte.
			yield await Promise.resolve(this.#values(name, row * columns, count, deviation));
		}
	}

	[Symbol.asyncDispose](): Promise<void> {
		return Promise.resolve();
	}

	/** `count` values of a tensor from its value number `start` on, times `factor`. */
	#values(name: string, start: number, count: number, factor = 1): Float32Array {
		const values = new Float32Array(count);
		const hash = createHash("sha256").update(`${this.#seed} ${name}`).digest();
		let from = (hash.readUInt32LE(0) + start) % poolSize;
		for (let i = 0; i < count; i++) {
			values[i] = factor * (this.#pool[from] ?? 0);
			from = from + 1 === poolSize ? 0 : from + 1;
		}
		return values;
	}
}

/** Of norms, and of what is added to a product. */
const smallDistribution = (name: string): { readonly mean: number; readonly deviation: number } =>
	name.endsWith(".bias") ? { mean: 0, deviation: 0.5 } : { mean: 1, deviation: 0.2 };

/**
 * Every product keeps the size of its input, so that no part of the model drowns another; routers are surer of their experts than
 * chance, and logits of their tokens.
 */
function matrixDeviation(name: string, columns: number): number {
	if (name.includes("embed_tokens")) {
		return 1;
	}
	return gainOf(name) / Math.sqrt(columns);
}

function gainOf(name: string): number {
	if (name.startsWith("lm_head")) {
		return 4;
	}
	return /\.(gate|down_proj)\.weight$/.test(name) ? 2 : 1;
}
