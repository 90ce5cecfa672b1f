/** Bytes that aren't what was written: the database was damaged. */
export class MalformedRecordError extends Error {
	override readonly name = "MalformedRecordError";
}

const tooShort = "the record ends too early";

/** Whole numbers from 0 to 2^32 − 1, seven bits a byte, the lowest first. */
export class ByteWriter {
	#bytes = new Uint8Array(1024);
	#length = 0;

	get length(): number {
		return this.#length;
	}

	write(value: number): void {
		this.#reserve(5);
		let rest = value;
		while (rest > 0x7f) {
			this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
			rest >>>= 7;
		}
		this.#bytes[this.#length++] = rest;
	}

	/** Appends `section` with its length in front. */
	writeSection(section: ByteWriter): void {
		this.write(section.#length);
		this.#reserve(section.#length);
		this.#bytes.set(section.#bytes.subarray(0, section.#length), this.#length);
		this.#length += section.#length;
	}

	clear(): void {
		this.#length = 0;
	}

	/** A copy of what was written. */
	toBytes(): Uint8Array<ArrayBuffer> {
		return this.#bytes.slice(0, this.#length);
	}

	#reserve(count: number): void {
		if (this.#length + count > this.#bytes.length) {
			const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
			larger.set(this.#bytes.subarray(0, this.#length));
			this.#bytes = larger;
		}
	}
}

/** Reads what a ByteWriter wrote; throws a MalformedRecordError beyond the end. */
export class ByteReader {
	readonly #bytes: Uint8Array;
	readonly #end: number;
	#at: number;

	constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
		this.#bytes = bytes;
		this.#at = start;
		this.#end = end;
	}

	read(): number {
		let value = 0;
		let shift = 0;
		for (;;) {
			const byte = this.#at < this.#end ? this.#bytes[this.#at++] : undefined;
			if (byte === undefined || shift > 28) {
				throw new MalformedRecordError(tooShort);
			}
			value |= (byte & 0x7f) << shift;
			if (byte < 0x80) {
				return value >>> 0;
			}
			shift += 7;
		}
	}

	/** A reader of the next section, which is skipped here. */
	section(): ByteReader {
		const length = this.read();
		const start = this.#at;
		if (start + length > this.#end) {
			throw new MalformedRecordError(tooShort);
		}
		this.#at = start + length;
		return new ByteReader(this.#bytes, start, this.#at);
	}
}
