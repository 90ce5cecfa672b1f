/** So far back is looked: less jumps about, more tells of a network that isn't there any more. */
const windowMs = 8000;
/** Nothing is said of a shorter time. */
const leastMs = 1000;

/** How fast something grows, over the last few seconds. Times are those of one clock. */
export class DownloadSpeed {
	#samples: { readonly bytes: number; readonly atMs: number }[] = [];

	/** Bytes a second; undefined until that can be told. */
	add(bytes: number, atMs: number): number | undefined {
		const last = this.#samples.at(-1);
		if (last !== undefined && bytes < last.bytes) {
			// A file begins anew.
			this.#samples = [];
		}
		this.#samples.push({ bytes, atMs });
		// The one before the window stays: else a pause would be left out.
		while ((this.#samples[1]?.atMs ?? atMs) < atMs - windowMs) {
			this.#samples.shift();
		}
		const first = this.#samples[0];
		return first === undefined || atMs - first.atMs < leastMs
			? undefined
			: ((bytes - first.bytes) / (atMs - first.atMs)) * 1000;
	}
}
