import type { Hash } from "node:crypto";
import { constants, open, type FileHandle } from "node:fs/promises";
import { assert } from "../../base/assert.ts";
import { WeightsJournal, type SoundPart } from "./weightsJournal.ts";

/** A stretch of the file with external data. Offset and length are in bytes. */
export interface ExternalRegion {
	readonly offset: number;
	readonly length: number;
}

/** What goes into a region of exactly `bytes`. */
export interface RegionContent {
	readonly bytes: number;
	/** Called when the region is written, and not where it is there already. */
	readonly content: () => AsyncIterable<ArrayBufferView> | Iterable<ArrayBufferView>;
}

/** What external data is written into. */
export interface RegionWriter {
	/** Appends regions, one after the other; all of them are written, or none where they are there already. */
	writeRegions(regions: readonly RegionContent[]): Promise<readonly ExternalRegion[]>;
}

/** Appends one region. */
export async function writeRegion(
	writer: RegionWriter,
	region: RegionContent,
): Promise<ExternalRegion> {
	const [written] = await writer.writeRegions([region]);
	assert(written !== undefined, "a region was written");
	return written;
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

/** Where regions come to lie behind what is there. */
function regionsBehind(
	length: number,
	contents: readonly RegionContent[],
): { readonly regions: readonly ExternalRegion[]; readonly end: number } {
	let end = length;
	const regions = contents.map(({ bytes }) => {
		const offset = aligned(end);
		end = offset + bytes;
		return { offset, length: bytes };
	});
	return { regions, end };
}

/** Gives out the regions that a {@link WeightsFile} would, without making what goes into them. */
export class RegionMeter implements RegionWriter {
	#length = 0;

	get bytes(): number {
		return this.#length;
	}

	writeRegions(contents: readonly RegionContent[]): Promise<readonly ExternalRegion[]> {
		const { regions, end } = regionsBehind(this.#length, contents);
		this.#length = end;
		return Promise.resolve(regions);
	}
}

/**
 * Writes the external data of a graph, region after region, and hashes it on the way, so that the weights
 * of a large model are never in memory as a whole and the file is never read back. What an interrupted process has
 * written is kept, as far as its journal vouches for it.
 */
export class WeightsFile implements RegionWriter {
	readonly #file: FileHandle;
	readonly #journal: WeightsJournal;
	readonly #options: WeightsFileOptions;
	readonly #hash: Hash;
	/** Of the file, and of what there was to begin with. */
	#written: number;
	readonly #sound: number;
	/** Up to where regions were given out. */
	#length = 0;

	private constructor(
		file: FileHandle,
		journal: WeightsJournal,
		{ bytes, hash }: SoundPart,
		options: WeightsFileOptions,
	) {
		this.#file = file;
		this.#journal = journal;
		this.#hash = hash;
		this.#written = bytes;
		this.#sound = bytes;
		this.#options = options;
	}

	/**
	 * Creates `path`, or goes on with it where `journalPath` says how far it is. What is written has to be the same
	 * then. Close it with {@link finish} or {@link abandon}.
	 */
	static async open(
		path: string,
		journalPath: string,
		options: WeightsFileOptions,
	): Promise<WeightsFile> {
		const file = await open(path, constants.O_RDWR | constants.O_CREAT);
		try {
			const { journal, sound } = await WeightsJournal.open(journalPath, file);
			return new WeightsFile(file, journal, sound, options);
		} catch (error) {
			await file.close();
			throw error;
		}
	}

	/** What was there already. */
	get soundBytes(): number {
		return this.#sound;
	}

	async writeRegions(contents: readonly RegionContent[]): Promise<readonly ExternalRegion[]> {
		const { regions, end } = regionsBehind(this.#length, contents);
		if (end > this.#sound) {
			assert(this.#written === this.#length, "the journal ends with a group of regions");
			await this.#write(contents);
			assert(this.#written === end, "regions have the size that was announced");
			await this.#journal.append(end, this.#hash.copy().digest("hex"));
		}
		this.#length = end;
		this.#options.onBytes(end);
		return regions;
	}

	/** Puts the file on the disk and returns its size and lower-case hex SHA-256. */
	async finish(): Promise<{ readonly bytes: number; readonly sha256: string }> {
		await this.#file.sync();
		await this.abandon();
		return { bytes: this.#length, sha256: this.#hash.digest("hex") };
	}

	/** Closes the file as it is, after a failure. */
	async abandon(): Promise<void> {
		await this.#file.close();
		await this.#journal.close();
	}

	async #write(contents: readonly RegionContent[]): Promise<void> {
		for (const { content } of contents) {
			const padding = aligned(this.#written) - this.#written;
			if (padding > 0) {
				await this.#append(new Uint8Array(padding));
			}
			for await (const chunk of content()) {
				await this.#append(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
			}
		}
	}

	async #append(bytes: Uint8Array): Promise<void> {
		this.#options.signal?.throwIfAborted();
		let done = 0;
		while (done < bytes.length) {
			const rest = bytes.length - done;
			const { bytesWritten } = await this.#file.write(bytes, done, rest, this.#written + done);
			done += bytesWritten;
		}
		this.#hash.update(bytes);
		this.#written += bytes.length;
	}
}
