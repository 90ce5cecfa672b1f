/** How many there are of each of many things that are numbered from 0. */
export class Tallies {
	#counts = new Int32Array(1024);
	/** Of how many things there is any. */
	positive = 0;

	of(thing: number): number {
		return this.#counts[thing] ?? 0;
	}

	add(thing: number, count: number): void {
		if (thing >= this.#counts.length) {
			const larger = new Int32Array(Math.max(this.#counts.length * 2, thing + 1));
			larger.set(this.#counts);
			this.#counts = larger;
		}
		const before = this.#counts[thing] ?? 0;
		const after = before + count;
		this.#counts[thing] = after;
		this.positive += (after > 0 ? 1 : 0) - (before > 0 ? 1 : 0);
	}
}
