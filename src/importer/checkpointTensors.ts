import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { foreignRecord } from "../base/foreignJson.ts";
import { assert } from "../base/assert.ts";
import type { OpenTensors } from "./checkpointSource.ts";
import { decodeElements } from "./elementDecoding.ts";
import { fileVersion, readRange } from "./fileRange.ts";
import { ImportError } from "./importError.ts";
import { readJsonFile } from "./jsonFile.ts";
import type { RowStream } from "./rowStreams.ts";
import {
	headerPrefixBytes,
	parseHeaderLength,
	parseSafetensorsHeader,
	truncated,
	type StoredTensor,
} from "./safetensorsHeader.ts";
import type { MatrixShape, RowRange } from "./tensorSource.ts";

/** Rows are read in pieces of about this many elements, so that no tensor has to fit in memory. */
const maxChunkElements = 4 * 1024 * 1024;

const singleFileName = "model.safetensors";
const indexFileName = "model.safetensors.index.json";
const maxIndexBytes = 100_000_000;
const maxShards = 1000;
/** Large mixtures of experts have some hundred thousand. */
const maxTensors = 1_000_000;

const indexSchema = z.object({
	// A plain file name, so that an index can't make us read outside of the folder.
	weight_map: foreignRecord(z.string().regex(/^[\w][\w.-]{0,127}\.safetensors$/), maxTensors),
});

interface Shard {
	readonly name: string;
	/** Size and time of the last change. */
	readonly version: string;
	readonly file: FileHandle;
	readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/**
 * The tensors of a checkpoint folder, in one safetensors file or in shards with an index. Values are
 * handed out as float32 and are finite.
 */
export class CheckpointTensors implements OpenTensors {
	readonly #shards: readonly Shard[];
	readonly #shardOf: ReadonlyMap<string, Shard>;

	private constructor(shards: readonly Shard[]) {
		this.#shards = shards;
		this.#shardOf = new Map(
			shards.flatMap((shard) => [...shard.tensors.keys()].map((name) => [name, shard] as const)),
		);
	}

	/** Opens the files and checks their headers. The caller disposes of the result. */
	static async open(folder: string): Promise<CheckpointTensors> {
		const index = await readJsonFile(join(folder, indexFileName), indexSchema, maxIndexBytes);
		const names =
			index === undefined ? [singleFileName] : [...new Set(Object.values(index.weight_map))];
		if (names.length > maxShards) {
			throw new ImportError(
				"checkpointUnsupported",
				`The checkpoint has more than ${maxShards} shards; join some of them first.`,
			);
		}
		const shards: Shard[] = [];
		try {
			for (const name of names) {
				shards.push(await openShard(folder, name));
			}
		} catch (error) {
			await Promise.all(shards.map(({ file }) => file.close()));
			throw error;
		}
		return new CheckpointTensors(shards);
	}

	get identity(): string {
		return JSON.stringify(
			this.#shards.map(({ name, version, tensors }) => [name, version, [...tensors]]),
		);
	}

	async read(name: string, shape: readonly number[]): Promise<Float32Array> {
		const { shard, tensor } = this.#find(name, shape);
		return readElements(shard, name, tensor, 0, tensor.bytes);
	}

	readRows(
		name: string,
		shape: MatrixShape,
		{ start, end }: RowRange = { start: 0, end: shape[0] },
	): RowStream {
		const [rows, columns] = shape;
		assert(start >= 0 && start <= end && end <= rows, "the rows are some of the matrix");
		const { shard, tensor } = this.#find(name, shape);
		const rowBytes = tensor.bytes / rows;
		const rowsPerChunk = Math.max(1, Math.floor(maxChunkElements / columns));
		return (async function* () {
			for (let row = start; row < end; row += rowsPerChunk) {
				const count = Math.min(rowsPerChunk, end - row);
				yield await readElements(shard, name, tensor, row * rowBytes, count * rowBytes);
			}
		})();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await Promise.all(this.#shards.map(({ file }) => file.close()));
	}

	#find(name: string, shape: readonly number[]): { shard: Shard; tensor: StoredTensor } {
		const shard = this.#shardOf.get(name);
		const tensor = shard?.tensors.get(name);
		if (shard === undefined || tensor === undefined) {
			throw new ImportError(
				"checkpointInvalid",
				`The checkpoint has no tensor "${name}" of a floating-point type; take the checkpoint anew from its source.`,
			);
		}
		if (tensor.shape.join() !== shape.join()) {
			throw new ImportError(
				"checkpointInvalid",
				`The tensor "${name}" has the shape [${tensor.shape.join(", ")}] where config.json asks for [${shape.join(", ")}]; take the checkpoint anew from its source.`,
			);
		}
		return { shard, tensor };
	}
}

async function openShard(folder: string, name: string): Promise<Shard> {
	let file: FileHandle;
	try {
		file = await open(join(folder, name));
	} catch (error) {
		throw new ImportError(
			"checkpointInvalid",
			`The checkpoint folder ${folder} has no readable ${name}; take the checkpoint anew from its source.`,
			{ cause: error },
		);
	}
	try {
		const { size, version } = await fileVersion(file);
		const prefix = await readRange(file, 0, Math.min(headerPrefixBytes, size));
		const headerBytes = parseHeaderLength(prefix, size, name);
		const header = await readRange(file, headerPrefixBytes, headerBytes);
		const tensors = parseSafetensorsHeader(header.toString("utf8"), headerBytes, size, name);
		return { name, version, file, tensors };
	} catch (error) {
		await file.close();
		throw error;
	}
}

/** Reads a range of `tensor`; `start` and `bytes` count from the tensor's own beginning. */
async function readElements(
	shard: Shard,
	name: string,
	tensor: StoredTensor,
	start: number,
	bytes: number,
): Promise<Float32Array> {
	assert(start + bytes <= tensor.bytes, "the range lies within the tensor");
	const stored = await readRange(shard.file, tensor.offset + start, bytes);
	if (stored.length !== bytes) {
		throw truncated(shard.name);
	}
	const values = decodeElements(tensor.type, stored);
	if (!values.every(Number.isFinite)) {
		throw new ImportError(
			"checkpointInvalid",
			`The tensor "${name}" holds values that are not finite numbers; take the checkpoint anew from its source.`,
		);
	}
	return values;
}
