/** Protobuf by hand, for files that no writer of ours would write. */

function varint(value: number): Buffer {
	const bytes: number[] = [];
	let rest = value;
	while (rest >= 0x80) {
		bytes.push((rest % 0x80) | 0x80);
		rest = Math.floor(rest / 0x80);
	}
	return Buffer.from([...bytes, rest]);
}

/** A field with a message of these parts. */
export function message(number: number, ...parts: readonly Buffer[]): Buffer {
	const content = Buffer.concat(parts);
	return Buffer.concat([varint(number * 8 + 2), varint(content.length), content]);
}

export const text = (number: number, value: string): Buffer => message(number, Buffer.from(value));
