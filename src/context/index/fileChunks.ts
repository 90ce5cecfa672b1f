import { assert } from "../../base/assert.ts";
import { FullText } from "./fullText.ts";
import type { RecordReader } from "./fileRecord.ts";

/** Chunks of one version of a file in the full text; their numbers are consecutive. */
export interface ChunkRun {
	firstChunk: number;
	readonly chunkCount: number;
}

export interface FileChunkHit {
	readonly slot: number;
	/** Place of the chunk in its file, from 0. */
	readonly place: number;
	readonly score: number;
}

/** The full text of files: which chunks belong to which slot. */
export class FileChunks {
	readonly #fullText = new FullText();
	/** The slot of each chunk, and its place in the file. */
	#slots: number[] = [];
	#places: number[] = [];

	get livingChunks(): number {
		return this.#fullText.livingChunks;
	}

	get isWorthCompacting(): boolean {
		return this.#fullText.isWorthCompacting;
	}

	add(slot: number, reader: RecordReader): ChunkRun {
		const firstChunk = this.#slots.length;
		let chunk = firstChunk;
		const chunkCount = reader.eachChunk(
			(place, length) => {
				chunk = this.#fullText.addChunk(length);
				this.#slots.push(slot);
				this.#places.push(place);
			},
			(term, count) => this.#fullText.addTerm(term, chunk, count),
		);
		return { firstChunk, chunkCount };
	}

	/** `reader` is of the record that was added. */
	remove({ firstChunk }: ChunkRun, reader: RecordReader): void {
		let chunk = firstChunk;
		reader.eachChunk(
			() => this.#fullText.removeChunk(chunk++),
			(term) => this.#fullText.removeTerm(term),
		);
	}

	/** See FullText.search. `accepts` is asked once for each slot that has a hit. */
	search(
		terms: readonly { readonly term: number; readonly weight: number }[],
		accepts: (slot: number) => boolean,
		limit: number,
	): readonly FileChunkHit[] {
		const answers = new Int8Array((this.#slots.at(-1) ?? -1) + 1);
		const acceptsChunk = (chunk: number): boolean => {
			const slot = this.#slots[chunk] ?? 0;
			const answer = answers[slot] ?? 0;
			if (answer !== 0) {
				return answer > 0;
			}
			const accepted = accepts(slot);
			answers[slot] = accepted ? 1 : -1;
			return accepted;
		};
		return this.#fullText.search(terms, acceptsChunk, limit).map(({ chunk, score }) => {
			const slot = this.#slots[chunk];
			const place = this.#places[chunk];
			assert(slot !== undefined && place !== undefined, "a living chunk belongs to a file");
			return { slot, place, score };
		});
	}

	/** Forgets what is dead and gives the runs, which are all that are left, their new numbers. */
	compact(runs: Iterable<ChunkRun>): void {
		const renumbered = this.#fullText.compact();
		const slots: number[] = [];
		const places: number[] = [];
		for (const [chunk, number] of renumbered.entries()) {
			if (number >= 0) {
				slots[number] = this.#slots[chunk] ?? 0;
				places[number] = this.#places[chunk] ?? 0;
			}
		}
		this.#slots = slots;
		this.#places = places;
		for (const run of runs) {
			if (run.chunkCount > 0) {
				run.firstChunk = renumbered[run.firstChunk] ?? 0;
			}
		}
	}
}
