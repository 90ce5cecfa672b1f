interface Entry<T> {
	readonly value: T;
	readonly priority: number;
	readonly order: number;
}

/** A binary heap: the highest priority first, equal ones in the order in which they were pushed. */
export class MaxQueue<T> {
	readonly #heap: Entry<T>[] = [];
	#pushed = 0;

	/** The highest priority in the queue; -Infinity when it is empty. */
	get bestPriority(): number {
		return this.#heap[0]?.priority ?? -Infinity;
	}

	push(value: T, priority: number): void {
		this.#heap.push({ value, priority, order: this.#pushed++ });
		let at = this.#heap.length - 1;
		while (at > 0) {
			const parent = (at - 1) >> 1;
			if (!this.#isBefore(at, parent)) {
				return;
			}
			this.#swap(at, parent);
			at = parent;
		}
	}

	pop(): { readonly value: T; readonly priority: number } | undefined {
		const top = this.#heap[0];
		const last = this.#heap.pop();
		if (top === undefined || last === undefined || this.#heap.length === 0) {
			return top;
		}
		this.#heap[0] = last;
		this.#sink();
		return top;
	}

	#sink(): void {
		for (let at = 0; ;) {
			let best = at;
			for (const child of [2 * at + 1, 2 * at + 2]) {
				if (child < this.#heap.length && this.#isBefore(child, best)) {
					best = child;
				}
			}
			if (best === at) {
				return;
			}
			this.#swap(at, best);
			at = best;
		}
	}

	#isBefore(a: number, b: number): boolean {
		const x = this.#heap[a];
		const y = this.#heap[b];
		return (
			x !== undefined &&
			y !== undefined &&
			(x.priority > y.priority || (x.priority === y.priority && x.order < y.order))
		);
	}

	#swap(a: number, b: number): void {
		const x = this.#heap[a];
		const y = this.#heap[b];
		if (x !== undefined && y !== undefined) {
			this.#heap[a] = y;
			this.#heap[b] = x;
		}
	}
}
