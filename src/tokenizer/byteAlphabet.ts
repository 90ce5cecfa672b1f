/**
 * The alphabet of byte-level BPE (GPT-2's `bytes_to_unicode`): every byte is written as one printable
 * character, so that a vocabulary can be stored as text. Bytes that are printable in Latin-1 stand for
 * themselves; the others take the code points from U+0100 on, in byte order.
 */

const isPrintable = (byte: number): boolean =>
	(byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;

const charOfByte: readonly string[] = (() => {
	let nextSubstitute = 0x100;
	return Array.from({ length: 256 }, (_, byte) =>
		String.fromCodePoint(isPrintable(byte) ? byte : nextSubstitute++),
	);
})();

const byteOfChar: ReadonlyMap<string, number> = new Map(
	charOfByte.map((char, byte) => [char, byte]),
);

/** The characters of all 256 bytes, by byte. */
export function byteLevelAlphabet(): readonly string[] {
	return charOfByte;
}

/** The bytes that `token` stands for, or undefined when it has a character outside of the alphabet. */
export function byteLevelTokenToBytes(token: string): Uint8Array | undefined {
	const bytes = new Uint8Array(token.length);
	let length = 0;
	for (const char of token) {
		const byte = byteOfChar.get(char);
		if (byte === undefined) {
			return undefined;
		}
		bytes[length++] = byte;
	}
	return bytes.subarray(0, length);
}
