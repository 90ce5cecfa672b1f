/**
 * Many lists of (id, count) pairs, most of them short, in a few typed arrays: an array of JavaScript for each
 * of several hundred thousand terms would take more memory than their content.
 *
 * A list is a chain of slices in one pool of bytes; each slice is twice as long as the one before, up to a
 * limit, and ends with the address of the next. Ids in a list only grow and are stored as differences.
 * Nothing is removed: whoever reads passes over ids that are no longer alive, and `compact` drops them.
 */
export class PostingLists {
	#pool = new Uint8Array(1 << 16);
	#used = 0;
	/** For each list: where it starts, where it goes on, how much room is left there, the last slice's length. */
	#heads = new Int32Array(1024).fill(-1);
	#tails = new Int32Array(1024);
	#rooms = new Uint16Array(1024);
	#sizes = new Uint16Array(1024);
	#lastIds = new Int32Array(1024).fill(-1);
	/** Pairs in all lists, dead ones included. */
	pairs = 0;
	/** What `read` unpacked last. */
	ids = new Int32Array(1024);
	counts = new Int32Array(1024);

	/** Adds to list number `list`. `id` must be greater than the last one of the list; `count` at least 1. */
	append(list: number, id: number, count: number): void {
		this.#ensureList(list);
		const last = this.#lastIds[list] ?? -1;
		this.#lastIds[list] = id;
		this.pairs++;
		// The lowest bit says that the count is 1, which it nearly always is.
		const gap = id - last;
		if (count === 1) {
			this.#writeNumber(list, gap * 2 + 1);
		} else {
			this.#writeNumber(list, gap * 2);
			this.#writeNumber(list, count);
		}
	}

	/**
	 * Unpacks a list into `ids` and `counts`, by id. Returns the number of pairs; what stands behind them is
	 * left from other lists, and the next call overwrites everything. With `among`, only the pairs whose id has
	 * a 1 there.
	 */
	read(list: number, among?: Uint8Array): number {
		const head = this.#heads[list] ?? -1;
		if (head < 0) {
			return 0;
		}
		const pool = this.#pool;
		const tail = this.#tails[list] ?? 0;
		let size = firstSlice;
		let at = head;
		let pairs = 0;
		let id = -1;
		let value = 0;
		let shift = 0;
		let isCount = false;
		let isWanted = true;
		let { ids, counts } = this;
		// One loop over bytes: a call for each number would take most of a search's time.
		for (;;) {
			const sliceEnd = at + size - linkBytes;
			const isLast = tail >= at && tail <= sliceEnd;
			const end = isLast ? tail : sliceEnd;
			while (at < end) {
				const byte = pool[at++] ?? 0;
				value |= (byte & 0x7f) << shift;
				if (byte > 0x7f) {
					shift += 7;
					continue;
				}
				if (isCount) {
					if (isWanted) {
						counts[pairs - 1] = value;
					}
					isCount = false;
				} else {
					id += value >>> 1;
					isWanted = among === undefined || among[id] === 1;
					if (isWanted) {
						if (pairs === ids.length) {
							ids = grown(ids, new Int32Array(pairs * 2));
							counts = grown(counts, new Int32Array(pairs * 2));
						}
						ids[pairs] = id;
						counts[pairs] = 1;
						pairs++;
					}
					isCount = (value & 1) === 0;
				}
				value = 0;
				shift = 0;
			}
			if (isLast) {
				break;
			}
			at = readAddress(pool, sliceEnd);
			size = Math.min(size * 2, largestSlice);
		}
		this.ids = ids;
		this.counts = counts;
		return pairs;
	}

	/** A copy with the pairs that `map` gives a new id; it must keep their order. */
	compact(map: (id: number) => number | undefined): PostingLists {
		const compacted = new PostingLists();
		for (let list = 0; list < this.#heads.length; list++) {
			const pairs = this.read(list);
			for (let pair = 0; pair < pairs; pair++) {
				const mapped = map(this.ids[pair] ?? -1);
				if (mapped !== undefined) {
					compacted.append(list, mapped, this.counts[pair] ?? 1);
				}
			}
		}
		return compacted;
	}

	#ensureList(list: number): void {
		const length = this.#heads.length;
		if (list >= length) {
			const larger = Math.max(length * 2, list + 1);
			this.#heads = grown(this.#heads, new Int32Array(larger).fill(-1));
			this.#tails = grown(this.#tails, new Int32Array(larger));
			this.#rooms = grown(this.#rooms, new Uint16Array(larger));
			this.#sizes = grown(this.#sizes, new Uint16Array(larger));
			this.#lastIds = grown(this.#lastIds, new Int32Array(larger).fill(-1));
		}
		if (this.#heads[list] === -1) {
			const head = this.#allocate(firstSlice);
			this.#heads[list] = head;
			this.#tails[list] = head;
			this.#rooms[list] = firstSlice - linkBytes;
			this.#sizes[list] = firstSlice;
		}
	}

	#writeNumber(list: number, value: number): void {
		let rest = value;
		while (rest > 0x7f) {
			this.#writeByte(list, (rest & 0x7f) | 0x80);
			rest >>>= 7;
		}
		this.#writeByte(list, rest);
	}

	#writeByte(list: number, byte: number): void {
		let at = this.#tails[list] ?? 0;
		let room = this.#rooms[list] ?? 0;
		if (room === 0) {
			const size = Math.min((this.#sizes[list] ?? firstSlice) * 2, largestSlice);
			const next = this.#allocate(size);
			writeAddress(this.#pool, at, next);
			this.#sizes[list] = size;
			at = next;
			room = size - linkBytes;
		}
		this.#pool[at] = byte;
		this.#tails[list] = at + 1;
		this.#rooms[list] = room - 1;
	}

	#allocate(size: number): number {
		const at = this.#used;
		this.#used += size;
		if (this.#used > this.#pool.length) {
			this.#pool = grown(this.#pool, new Uint8Array(Math.ceil(this.#pool.length * 1.5) + size));
		}
		return at;
	}
}

/** Enough for one or two pairs, which is all that most terms have. */
const firstSlice = 8;
const largestSlice = 4096;
const linkBytes = 4;

function readAddress(pool: Uint8Array, at: number): number {
	return (
		(pool[at] ?? 0) |
		((pool[at + 1] ?? 0) << 8) |
		((pool[at + 2] ?? 0) << 16) |
		((pool[at + 3] ?? 0) << 24)
	);
}

function writeAddress(pool: Uint8Array, at: number, address: number): void {
	pool[at] = address & 0xff;
	pool[at + 1] = (address >>> 8) & 0xff;
	pool[at + 2] = (address >>> 16) & 0xff;
	pool[at + 3] = (address >>> 24) & 0xff;
}

/** `larger`, which begins with what `array` holds. */
function grown<T extends Int32Array | Uint16Array | Uint8Array>(array: T, larger: T): T {
	larger.set(array);
	return larger;
}
