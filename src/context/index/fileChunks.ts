import { assert } from "../../base/assert.ts";
import { FullText, type ChunkFilter } from "./fullText.ts";
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

	/** `group`, below 256, is what searches may be limited to. */
	add(slot: number, group: number, reader: RecordReader): ChunkRun {
		const firstChunk = this.#slots.length;
		let chunk = firstChunk;
		const chunkCount = reader.eachChunk(
			(place, length) => {
				chunk = this.#fullText.addChunk(length, group);
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

	/** See FullText.search. `excluded` is a file that isn't wanted. */
	search(
		terms: readonly { readonly term: number; readonly weight: number }[],
		groups: Uint8Array,
		excluded: ChunkRun | undefined,
		limit: number,
	): readonly FileChunkHit[] {
		const { firstChunk, chunkCount } = excluded ?? { firstChunk: 0, chunkCount: 0 };
		const filter: ChunkFilter = { groups, excluded: [firstChunk, firstChunk + chunkCount] };
		return this.#fullText.search(terms, filter, limit).map(({ chunk, score }) => {
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
