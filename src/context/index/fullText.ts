import { PostingLists } from "./postingLists.ts";

/** BM25's usual constants (Robertson and Zaragoza 2009): saturation of repetitions, weight of the length. */
const k1 = 1.2;
const b = 0.75;

export interface ScoredChunk {
	readonly chunk: number;
	readonly score: number;
}

/** BM25 over chunks that come and go. Chunks and terms are numbers; what they mean is the caller's. */
export class FullText {
	#postings = new PostingLists();
	/** In how many living chunks each term occurs. */
	#frequencies = new Int32Array(1024);
	/** Terms of each chunk with repetitions; 0 for one that was removed. */
	#lengths = new Int32Array(1024);
	#chunks = 0;
	#livingChunks = 0;
	#livingLength = 0;
	#livingPairs = 0;
	/** Scores by chunk; zero between searches. */
	#scores = new Float64Array(0);

	get livingChunks(): number {
		return this.#livingChunks;
	}

	/** Whether most of what a search reads belongs to chunks that are gone. */
	get isWorthCompacting(): boolean {
		return this.#postings.pairs > 2 * this.#livingPairs + minDeadPairs;
	}

	/** The number of a new chunk with `length` terms. */
	addChunk(length: number): number {
		const chunk = this.#chunks++;
		if (chunk >= this.#lengths.length) {
			const larger = new Int32Array(this.#lengths.length * 2);
			larger.set(this.#lengths);
			this.#lengths = larger;
		}
		this.#lengths[chunk] = length;
		this.#livingChunks++;
		this.#livingLength += length;
		return chunk;
	}

	/** Only for the chunk that was added last. */
	addTerm(term: number, chunk: number, count: number): void {
		if (term >= this.#frequencies.length) {
			const larger = new Int32Array(Math.max(this.#frequencies.length * 2, term + 1));
			larger.set(this.#frequencies);
			this.#frequencies = larger;
		}
		this.#frequencies[term] = (this.#frequencies[term] ?? 0) + 1;
		this.#livingPairs++;
		this.#postings.append(term, chunk, count);
	}

	removeChunk(chunk: number): void {
		this.#livingChunks--;
		this.#livingLength -= this.#lengths[chunk] ?? 0;
		this.#lengths[chunk] = 0;
	}

	/** For each term of a chunk that is removed. */
	removeTerm(term: number): void {
		this.#frequencies[term] = (this.#frequencies[term] ?? 0) - 1;
		this.#livingPairs--;
	}

	/**
	 * Chunks with any of the terms that `accepts`, in no order. Common terms of a long query count only for
	 * chunks that a rarer one has found. Terms that are equally rare are added in the order given.
	 */
	search(
		terms: readonly { readonly term: number; readonly weight: number }[],
		accepts: (chunk: number) => boolean,
	): readonly ScoredChunk[] {
		if (this.#scores.length < this.#chunks) {
			this.#scores = new Float64Array(this.#lengths.length);
		}
		const scores = this.#scores;
		const lengths = this.#lengths;
		const meanLength = this.#livingLength / Math.max(1, this.#livingChunks);
		const touched: number[] = [];
		const known = terms
			.map(({ term, weight }) => ({ term, weight, frequency: this.#frequencies[term] ?? 0 }))
			.filter(({ frequency }) => frequency > 0)
			// Stable, so equally rare terms keep the order that they were given in.
			.sort((x, y) => x.frequency - y.frequency);
		for (const { term, weight, frequency } of known) {
			const rarity = Math.log(1 + (this.#livingChunks - frequency + 0.5) / (frequency + 0.5));
			const factor = weight * rarity * (k1 + 1);
			// Once there are candidates, a word that is everywhere ranks them and brings no others.
			const opens =
				touched.length < enoughCandidates || frequency < this.#livingChunks * commonShare;
			this.#postings.forEach(term, (chunk, count) => {
				const length = lengths[chunk] ?? 0;
				const before = scores[chunk] ?? 0;
				if (length === 0 || (before === 0 && !opens)) {
					return;
				}
				if (before === 0) {
					touched.push(chunk);
				}
				scores[chunk] =
					before + (factor * count) / (count + k1 * (1 - b + (b * length) / meanLength));
			});
		}
		const found: ScoredChunk[] = [];
		for (const chunk of touched) {
			const score = scores[chunk] ?? 0;
			scores[chunk] = 0;
			if (accepts(chunk)) {
				found.push({ chunk, score });
			}
		}
		return found;
	}

	/** Forgets what is dead. Returns the new number of each chunk, -1 for those that are gone. */
	compact(): Int32Array {
		const renumbered = new Int32Array(this.#chunks).fill(-1);
		const lengths = new Int32Array(Math.max(1024, this.#livingChunks));
		let next = 0;
		for (let chunk = 0; chunk < this.#chunks; chunk++) {
			const length = this.#lengths[chunk] ?? 0;
			if (length > 0) {
				lengths[next] = length;
				renumbered[chunk] = next++;
			}
		}
		this.#postings = this.#postings.compact((chunk) => {
			const number = renumbered[chunk] ?? -1;
			return number < 0 ? undefined : number;
		});
		this.#lengths = lengths;
		this.#chunks = next;
		this.#scores = new Float64Array(0);
		return renumbered;
	}
}

/** A term in more than this part of all chunks says little about any of them. */
const commonShare = 0.05;

/** With so many candidates, those that share only common words with the query aren't missed. */
const enoughCandidates = 1000;

/** Below this, reading past the dead costs less than dropping them. */
const minDeadPairs = 500_000;
