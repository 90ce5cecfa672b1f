import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findTensorType } from "../../../../src/importer/gguf/tensorTypes.ts";
import { quantizeQ4 } from "../../../../src/importer/q4.ts";

/** The number that the bits of a half stand for, from IEEE 754's definition. */
function half(bytes: Uint8Array, at: number): number {
	const bits = (bytes[at] ?? NaN) | ((bytes[at + 1] ?? NaN) << 8);
	const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
	const size = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
	return bits & 0x8000 ? -size : size;
}

const reversed = (text: string): string => Array.from(text).reverse().join("");

/** A bit string, the first bit being the lowest of the first byte. */
const bitsOf = (bytes: Uint8Array): string =>
	[...bytes].map((byte) => reversed(byte.toString(2).padStart(8, "0"))).join("");
const numberOf = (bits: string): number => parseInt(reversed(bits), 2);

/** Element `i` of a block, from the published descriptions of the formats: plainly, one element at a time. */
const references: Readonly<Record<string, (b: Uint8Array, i: number) => number>> = {
	Q4_0: (b, i) => half(b, 0) * (fourBits(b.subarray(2), i) - 8),
	Q4_1: (b, i) => half(b, 0) * fourBits(b.subarray(4), i) + half(b, 2),
	Q5_0: (b, i) =>
		half(b, 0) * (fourBits(b.subarray(6), i) + 16 * Number(bitsOf(b.subarray(2, 6))[i]) - 16),
	Q5_1: (b, i) =>
		half(b, 0) * (fourBits(b.subarray(8), i) + 16 * Number(bitsOf(b.subarray(4, 8))[i])) +
		half(b, 2),
	Q8_0: (b, i) => half(b, 0) * (new Int8Array(b.slice(2))[i] ?? NaN),
	Q4_K: (b, i) => {
		const [scale, offset] = partOf(b, i >> 5);
		return scale * pairOfParts(b.subarray(16), i) - offset;
	},
	Q5_K: (b, i) => {
		const [scale, offset] = partOf(b, i >> 5);
		const fifth = Number(bitsOf(b.subarray(16 + (i % 32), 17 + (i % 32)))[i >> 5]);
		return scale * (pairOfParts(b.subarray(48), i) + 16 * fifth) - offset;
	},
	Q6_K: (b, i) => {
		// Each half of 128: 64 bytes of low bits and 32 of high bits, for 4 rows of 32.
		const [side, row, lane] = [i >> 7, (i >> 5) & 3, i & 31];
		const lows = bitsOf(b.subarray(side * 64 + (row % 2) * 32 + lane).subarray(0, 1));
		const highs = bitsOf(b.subarray(128 + side * 32 + lane).subarray(0, 1));
		const code = numberOf(
			(row < 2 ? lows.slice(0, 4) : lows.slice(4)) + highs.slice(2 * row, 2 * row + 2),
		);
		return half(b, 208) * (new Int8Array(b.slice(192, 208))[i >> 4] ?? NaN) * (code - 32);
	},
};

/** Codes of a block of 32, of which the first 16 are the low halves of 16 bytes. */
function fourBits(codes: Uint8Array, i: number): number {
	const bits = bitsOf(codes.subarray(i % 16, (i % 16) + 1));
	return numberOf(i < 16 ? bits.slice(0, 4) : bits.slice(4));
}

/** Codes of a block of 256, whose parts of 32 are by turns the low and the high halves of 32 bytes. */
function pairOfParts(codes: Uint8Array, i: number): number {
	const at = Math.floor(i / 64) * 32 + (i % 32);
	const bits = bitsOf(codes.subarray(at, at + 1));
	return numberOf((i >> 5) % 2 === 0 ? bits.slice(0, 4) : bits.slice(4));
}

/** Scale and offset of a part of a K block. */
function partOf(b: Uint8Array, part: number): readonly [number, number] {
	const bits = bitsOf(b.subarray(4, 16));
	const field = (byte: number, from: number, length: number): string =>
		bits.slice(byte * 8 + from, byte * 8 + from + length);
	const six = (which: 0 | 1): number =>
		part < 4
			? numberOf(field(4 * which + part, 0, 6))
			: numberOf(field(4 + part, 4 * which, 4) + field(4 * which + part - 4, 6, 2));
	return [half(b, 0) * six(0), half(b, 2) * six(1)];
}

const formats = [
	[2, "Q4_0", 32, 18],
	[3, "Q4_1", 32, 20],
	[6, "Q5_0", 32, 22],
	[7, "Q5_1", 32, 24],
	[8, "Q8_0", 32, 34],
	[12, "Q4_K", 256, 144],
	[13, "Q5_K", 256, 176],
	[14, "Q6_K", 256, 210],
] as const;

/** Where the halves of a block stand: infinite ones are refused elsewhere, and would only be compared with themselves. */
const halvesOf: Readonly<Record<string, readonly number[]>> = {
	Q4_0: [0],
	Q4_1: [0, 2],
	Q5_0: [0],
	Q5_1: [0, 2],
	Q8_0: [0],
	Q4_K: [0, 2],
	Q5_K: [0, 2],
	Q6_K: [208],
};

describe("blocks are decoded as their description says, to the nearest float32:", () => {
	test.each(formats)("type %i, %s", (number, name, elements, bytes) => {
		const type = findTensorType(number);
		expect(type).toMatchObject({ name, blockElements: elements, blockBytes: bytes });
		const reference = references[name];
		const blocks = fc.uint8Array({ minLength: 2 * bytes, maxLength: 2 * bytes });
		fc.assert(
			fc.property(blocks, (random) => {
				for (const at of [0, bytes]) {
					for (const field of halvesOf[name] ?? []) {
						// Bit 14 is the highest of the exponent.
						random[at + field + 1] = (random[at + field + 1] ?? 0) & 0xbf;
					}
				}
				const expected = Float32Array.from({ length: 2 * elements }, (_, i) => {
					const start = i < elements ? 0 : bytes;
					return reference?.(random.subarray(start, start + bytes), i % elements) ?? NaN;
				});
				expect(type?.decode(random)).toEqual(expected);
			}),
			{ numRuns: 60 },
		);
	});

	test.each([
		[0, "F32", new Uint8Array(Float32Array.of(1.5, -2).buffer)],
		[1, "F16", Uint8Array.of(0x00, 0x3e, 0x00, 0xc0)],
		[30, "BF16", Uint8Array.of(0xc0, 0x3f, 0x00, 0xc0)],
	])("type %i, %s", (number, name, bytes) => {
		expect(findTensorType(number)?.name).toBe(name);
		expect(findTensorType(number)?.decode(bytes)).toEqual(Float32Array.of(1.5, -2));
	});

	test("and no other type is taken for one of them", () => {
		const known = Array.from({ length: 300 }, (_, i) => i).filter((i) => findTensorType(i));
		expect(known).toEqual([0, 1, 2, 3, 6, 7, 8, 12, 13, 14, 30]);
	});
});

describe("a block of Q4_0 comes into our format", () => {
	const decoded = (blocks: Uint8Array): Float32Array =>
		findTensorType(2)?.decode(blocks) ?? new Float32Array(0);
	const values = ({ packed, scales }: ReturnType<typeof quantizeQ4>): Float32Array =>
		Float32Array.from({ length: packed.length * 2 }, (_, i) => {
			const pair = packed[i >> 1] ?? 0;
			return (scales[i >> 5] ?? 0) * ((i % 2 === 0 ? pair & 15 : pair >> 4) - 8);
		});
	const blockWith = (code: fc.Arbitrary<number>): fc.Arbitrary<Uint8Array> =>
		fc
			.tuple(
				fc.integer({ min: 0, max: 0xffff }).filter((bits) => (bits & 0x7c00) !== 0x7c00),
				fc.array(code, { minLength: 32, maxLength: 32 }),
			)
			.map(([scale, codes]) =>
				Uint8Array.from([
					scale & 255,
					scale >> 8,
					...codes.slice(0, 16).map((low, i) => low | ((codes[i + 16] ?? 0) << 4)),
				]),
			);

	test("with its very codes and scale where one of the codes is 0, as llama.cpp writes them", () => {
		fc.assert(
			fc.property(blockWith(fc.integer({ min: 0, max: 15 })), (block) => {
				block[2] = (block[2] ?? 0) & 0xf0;
				const rows = quantizeQ4(decoded(block));
				const scale = half(block, 0);
				expect(rows.scales.map((found) => found + 0)).toEqual(Float32Array.of(scale + 0));
				const codes = Array.from({ length: 32 }, (_, i) => fourBits(block.subarray(2), i));
				const found = [...rows.packed].flatMap((pair) => [pair & 15, pair >> 4]);
				expect(found).toEqual(scale === 0 ? Array(32).fill(8) : codes);
			}),
		);
	});

	test.each([
		["any codes", fc.integer({ min: 0, max: 15 })],
		["codes that leave out the largest", fc.integer({ min: 1, max: 15 })],
		["few codes", fc.constantFrom(5, 8, 11)],
		["one code", fc.constantFrom(12)],
	])("with its very values: %s", (_, code) => {
		fc.assert(
			fc.property(blockWith(code), (block) => {
				const original = decoded(block).map((value) => value + 0);
				expect(values(quantizeQ4(original)).map((value) => value + 0)).toEqual(original);
			}),
		);
	});
});
