import type { ByteSource } from "../fileRange.ts";

/** A field of a message. Positions are in bytes from the start of the file. */
export type ProtobufField =
	| { readonly number: number; readonly kind: "integer"; readonly value: bigint }
	/** A message, a text, bytes or packed numbers. */
	| {
			readonly number: number;
			readonly kind: "bytes";
			readonly start: number;
			readonly end: number;
	  }
	| { readonly number: number; readonly kind: "fixed" };

/** What isn't such a file. The message is the rest of a sentence after "because". */
export class ProtobufFault extends Error {}

const windowBytes = 65_536;
/** The longest head of a field: its number, and a length or an integer. */
const maxHeadBytes = 20;
/** Published decoders have up to half a million. Hostile files have a field in every two bytes. */
const maxFields = 5_000_000;

/**
 * Reads the fields of protobuf messages in a file of any size without holding it: what isn't asked for is passed over.
 * Its methods throw {@link ProtobufFault}.
 */
export class ProtobufFile {
	readonly #source: ByteSource;
	#window: Buffer = Buffer.alloc(0);
	#windowStart = 0;
	#fields = 0;

	constructor(source: ByteSource) {
		this.#source = source;
	}

	/** The fields of the message from `start` to `end`, in the order of the file. */
	async *fields(start: number, end: number): AsyncGenerator<ProtobufField> {
		for (let position = start; position < end;) {
			if (++this.#fields > maxFields) {
				throw new ProtobufFault("it has more parts than any model");
			}
			const head = await this.#head(position);
			const key = readVarint(head, 0);
			const number = Number(key.value >> 3n);
			const wireType = Number(key.value & 7n);
			switch (wireType) {
				case 0: {
					const { value, length } = readVarint(head, key.length);
					position += key.length + length;
					yield { number, kind: "integer", value };
					break;
				}
				case 1:
				case 5:
					position += key.length + (wireType === 1 ? 8 : 4);
					yield { number, kind: "fixed" };
					break;
				case 2: {
					const { value, length } = readVarint(head, key.length);
					const contentStart = position + key.length + length;
					if (value > BigInt(end - contentStart)) {
						throw new ProtobufFault("it is cut off or altered");
					}
					position = contentStart + Number(value);
					yield { number, kind: "bytes", start: contentStart, end: position };
					break;
				}
				default:
					throw new ProtobufFault("it is no ONNX model, or altered");
			}
			if (position > end) {
				throw new ProtobufFault("it is cut off or altered");
			}
		}
	}

	/** What a field holds; of at most `maxBytes`. */
	async bytes(
		{ start, end }: { readonly start: number; readonly end: number },
		maxBytes: number,
	): Promise<Buffer> {
		if (end - start > maxBytes) {
			throw new ProtobufFault(`a name or a shape in it takes ${end - start} bytes`);
		}
		const content = await this.#source.read(start, end - start);
		if (content.length < end - start) {
			throw new ProtobufFault("it is cut off");
		}
		return content;
	}

	async #head(position: number): Promise<Buffer> {
		const offset = position - this.#windowStart;
		const { size } = this.#source;
		const windowEnd = this.#windowStart + this.#window.length;
		const isInside = offset >= 0 && Math.min(position + maxHeadBytes, size) <= windowEnd;
		if (!isInside) {
			this.#window = await this.#source.read(position, Math.min(windowBytes, size - position));
			this.#windowStart = position;
			return this.#window.subarray(0, maxHeadBytes);
		}
		return this.#window.subarray(offset, offset + maxHeadBytes);
	}
}

function readVarint(
	bytes: Buffer,
	start: number,
): { readonly value: bigint; readonly length: number } {
	let value = 0n;
	for (let i = 0; i < 10; i++) {
		const byte = bytes[start + i];
		if (byte === undefined) {
			throw new ProtobufFault("it is cut off");
		}
		value |= BigInt(byte & 0x7f) << BigInt(7 * i);
		if (byte < 0x80) {
			return { value, length: i + 1 };
		}
	}
	throw new ProtobufFault("it is no ONNX model, or altered");
}
