import type { Draw } from "./draw.ts";

/** Numbers that parsers stumble over. */
const oddNumbers = [
	0n,
	1n,
	2n,
	0x7fn,
	0xffn,
	0xffffn,
	0x7fff_ffffn,
	0xffff_ffffn,
	2n ** 32n,
	2n ** 53n,
	2n ** 61n,
	2n ** 63n - 1n,
	2n ** 64n - 1n,
] as const;

/** The bytes of a sound file with up to four changes, one in four times cut off. */
export function mutatedBytes(sample: Buffer, draw: Draw): Buffer {
	const bytes = Buffer.from(sample);
	for (let i = 1 + draw.below(4); i > 0 && bytes.length > 8; i--) {
		const at = draw.below(bytes.length - 8);
		switch (draw.below(4)) {
			case 0:
				bytes[at] = draw.below(256);
				break;
			case 1:
				bytes[at] = (bytes[at] ?? 0) ^ (1 << draw.below(8));
				break;
			case 2:
				bytes.writeBigUInt64LE(draw.pick(oddNumbers), at);
				break;
			default:
				// A stretch of the file in another place.
				bytes.copy(bytes, at, draw.below(bytes.length), draw.below(bytes.length));
		}
	}
	return draw.once(4) ? bytes.subarray(0, draw.below(bytes.length)) : bytes;
}

export function noise(draw: Draw, start: string): Buffer {
	const bytes = Buffer.from(Array.from({ length: draw.below(300) }, () => draw.below(256)));
	bytes.write(start, 0, "latin1");
	return bytes;
}
