import { createHash } from "node:crypto";
import { open, type FileHandle } from "node:fs/promises";
import { assert } from "../../base/assert.ts";

/** A stretch of the file with external data. Offset and length are in bytes. */
export interface ExternalRegion {
	readonly offset: number;
	readonly length: number;
}

/** What goes into a region, made when it is written. */
export type RegionContent = () => AsyncIterable<ArrayBufferView> | Iterable<ArrayBufferView>;

/** What external data is written into. */
export interface RegionWriter {
	/** Appends a region of exactly `bytes`. */
	writeRegion(bytes: number, content: RegionContent): Promise<ExternalRegion>;
}

export interface WeightsFileOptions {
	/** Writing rejects with its reason. */
	readonly signal: AbortSignal | undefined;
	/** Hears the length of the file behind each region. */
	readonly onBytes: (bytes: number) => void;
}

/** The runtime maps external data into memory, and page-aligned regions need no copy. */
const regionAlignmentBytes = 4096;

const aligned = (length: number): number =>
	Math.ceil(length / regionAlignmentBytes) * regionAlignmentBytes;

/** Gives out the regions that a {@link WeightsFile} would, without making what goes into them. */
export class RegionMeter implements RegionWriter {
	#length = 0;

	get bytes(): number {
		return this.#length;
	}

	writeRegion(bytes: number): Promise<ExternalRegion> {
		const offset = aligned(this.#length);
		this.#length = offset + bytes;
		return Promise.resolve({ offset, length: bytes });
	}
}

/**
 * Writes the external data of a graph, region after region, and hashes it on the way, so that the weights
 * of a large model are never in memory as a whole and the file is never read back.
 */
export class WeightsFile implements RegionWriter {
	readonly #file: FileHandle;
	readonly #options: WeightsFileOptions;
	readonly #hash = createHash("sha256");
	#length = 0;

	private constructor(file: FileHandle, options: WeightsFileOptions) {
		this.#file = file;
		this.#options = options;
	}

	/** Creates `path`, which must not exist. Close it with {@link finish} or {@link abandon}. */
	static async create(path: string, options: WeightsFileOptions): Promise<WeightsFile> {
		return new WeightsFile(await open(path, "wx"), options);
	}

	async writeRegion(bytes: number, content: RegionContent): Promise<ExternalRegion> {
		const offset = aligned(this.#length);
		if (offset > this.#length) {
			await this.#append(new Uint8Array(offset - this.#length));
		}
		for await (const chunk of content()) {
			await this.#append(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
		}
		assert(this.#length - offset === bytes, "a region has the size that was announced");
		this.#options.onBytes(this.#length);
		return { offset, length: bytes };
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
		this.#options.signal?.throwIfAborted();
		await this.#file.writeFile(bytes);
		this.#hash.update(bytes);
		this.#length += bytes.length;
	}
}
