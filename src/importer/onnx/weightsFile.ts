import { createHash } from "node:crypto";
import { open, type FileHandle } from "node:fs/promises";

/** A stretch of the file with external data. Offset and length are in bytes. */
export interface ExternalRegion {
	readonly offset: number;
	readonly length: number;
}

/** The runtime maps external data into memory, and page-aligned regions need no copy. */
const regionAlignmentBytes = 4096;

/**
 * Writes the external data of a graph, region after region, and hashes it on the way, so that the weights
 * of a large model are never in memory as a whole and the file is never read back.
 */
export class WeightsFile {
	readonly #file: FileHandle;
	readonly #hash = createHash("sha256");
	#length = 0;

	private constructor(file: FileHandle) {
		this.#file = file;
	}

	/** Creates `path`, which must not exist. Close it with {@link finish} or {@link abandon}. */
	static async create(path: string): Promise<WeightsFile> {
		return new WeightsFile(await open(path, "wx"));
	}

	async writeRegion(
		chunks: AsyncIterable<ArrayBufferView> | Iterable<ArrayBufferView>,
	): Promise<ExternalRegion> {
		const misalignment = this.#length % regionAlignmentBytes;
		if (misalignment > 0) {
			await this.#append(new Uint8Array(regionAlignmentBytes - misalignment));
		}
		const offset = this.#length;
		for await (const chunk of chunks) {
			await this.#append(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
		}
		return { offset, length: this.#length - offset };
	}

	/** Puts the file on the disk and returns its size and lower-case hex SHA-256. */
	async finish(): Promise<{ readonly bytes: number; readonly sha256: string }> {
		await this.#file.sync();
		await this.#file.close();
		return { bytes: this.#length, sha256: this.#hash.digest("hex") };
	}

	/** Closes the file as it is, after a failure. */
	async abandon(): Promise<void> {
		await this.#file.close();
	}

	async #append(bytes: Uint8Array): Promise<void> {
		await this.#file.writeFile(bytes);
		this.#hash.update(bytes);
		this.#length += bytes.length;
	}
}
