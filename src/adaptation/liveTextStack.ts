/** Collects places that follow a context: the token there, and how much of the context it follows. */
export class Matches {
	ids = new Uint32Array(256);
	orders = new Uint8Array(256);
	length = 0;

	add(id: number, order: number): void {
		if (this.length === this.ids.length) {
			const ids = new Uint32Array(this.length * 2);
			ids.set(this.ids);
			this.ids = ids;
			const orders = new Uint8Array(this.length * 2);
			orders.set(this.orders);
			this.orders = orders;
		}
		this.ids[this.length] = id;
		this.orders[this.length++] = order;
	}

	/** Drops the places that follow less of the context than `order` tokens. */
	keep(order: number): void {
		let kept = 0;
		for (let i = 0; i < this.length; i++) {
			const here = this.orders[i] ?? 0;
			if (here >= order) {
				this.ids[kept] = this.ids[i] ?? 0;
				this.orders[kept++] = here;
			}
		}
		this.length = kept;
	}
}

/**
 * A text that changes at one end only, and all places in it of each token, linked from the last one pushed
 * to the first. Pushing and dropping a token costs nanoseconds whatever the length.
 *
 * The text before the cursor changes at its end, the one after it at its beginning: there tokens are pushed
 * in reverse, which `step` says: where the token lies that follows one in reading order.
 */
export class TokenStack {
	readonly #step: 1 | -1;
	#tokens = new Uint32Array(1024);
	/** For each place the one of the same token pushed before it, or −1. */
	#older = new Int32Array(1024);
	/** For each token of the vocabulary the place pushed last, or −1. */
	readonly #newest: Int32Array;
	#length = 0;

	constructor(vocabularySize: number, step: 1 | -1) {
		this.#newest = new Int32Array(vocabularySize).fill(-1);
		this.#step = step;
	}

	get length(): number {
		return this.#length;
	}

	get byteLength(): number {
		return this.#tokens.byteLength + this.#older.byteLength + this.#newest.byteLength;
	}

	at(index: number): number | undefined {
		return index < this.#length ? this.#tokens[index] : undefined;
	}

	push(token: number): void {
		if (this.#length === this.#tokens.length) {
			const tokens = new Uint32Array(this.#length * 2);
			tokens.set(this.#tokens);
			this.#tokens = tokens;
			const older = new Int32Array(this.#length * 2);
			older.set(this.#older);
			this.#older = older;
		}
		this.#tokens[this.#length] = token;
		this.#older[this.#length] = this.#newest[token] ?? -1;
		this.#newest[token] = this.#length++;
	}

	/** Drops what was pushed last, until `length` tokens are left. */
	truncate(length: number): void {
		while (this.#length > length) {
			this.#length--;
			this.#newest[this.#tokens[this.#length] ?? 0] = this.#older[this.#length] ?? -1;
		}
	}

	/** Adds every place that follows the last token of `context`, for up to `maxOrder` tokens of it. */
	collect(context: readonly number[], maxOrder: number, into: Matches): void {
		const last = context[context.length - 1];
		const longest = Math.min(maxOrder, context.length);
		let place = last === undefined ? -1 : (this.#newest[last] ?? -1);
		for (; place !== -1; place = this.#older[place] ?? -1) {
			const next = place + this.#step;
			if (next < 0 || next >= this.#length) {
				continue;
			}
			let order = 1;
			while (order < longest) {
				const at = place - this.#step * order;
				if (
					at < 0 ||
					at >= this.#length ||
					this.#tokens[at] !== context[context.length - 1 - order]
				) {
					break;
				}
				order++;
			}
			into.add(this.#tokens[next] ?? 0, order);
		}
	}
}
