/** More bytes of the header are needed than there are. Caught where the header is parsed, and only there. */
export class EndOfBytes extends Error {}

/** Reads the beginning of a file, little-endian, one value after the other. */
export class HeaderCursor {
	readonly #bytes: Buffer;
	readonly #fileBytes: number;
	/** The error that says of the file what is wrong with it. */
	readonly invalid: (problem: string) => Error;
	#position = 0;

	constructor(bytes: Buffer, fileBytes: number, invalid: (problem: string) => Error) {
		this.#bytes = bytes;
		this.#fileBytes = fileBytes;
		this.invalid = invalid;
	}

	get position(): number {
		return this.#position;
	}

	/** The next bytes, not copied. */
	bytes(length: number): Buffer {
		const start = this.#advance(length);
		return this.#bytes.subarray(start, start + length);
	}

	uint32(): number {
		return this.#bytes.readUInt32LE(this.#advance(4));
	}

	/** Beyond 2^53 the nearest number; nothing that is this large is ever right. */
	uint64(): number {
		return Number(this.#bytes.readBigUInt64LE(this.#advance(8)));
	}

	/** How many of something follow, which have `minBytes` at least: at most `max`, and as many as the file has room for. */
	count(max: number, minBytes: number, what: string): number {
		const count = this.uint64();
		if (count > max) {
			throw this.invalid(`it claims ${count} ${what}`);
		}
		this.#expect(count * minBytes);
		return count;
	}

	/** UTF-8; what isn't becomes U+FFFD. */
	string(maxBytes: number): string {
		const length = this.uint64();
		if (length > maxBytes) {
			throw this.invalid(`it claims a text of ${length} bytes`);
		}
		this.#expect(length);
		const start = this.#advance(length);
		return this.#bytes.toString("utf8", start, start + length);
	}

	#expect(length: number): void {
		if (length > this.#fileBytes - this.#position) {
			throw this.invalid("it ends within its header");
		}
	}

	#advance(length: number): number {
		const start = this.#position;
		if (start + length > this.#bytes.length) {
			throw new EndOfBytes();
		}
		this.#position = start + length;
		return start;
	}
}
