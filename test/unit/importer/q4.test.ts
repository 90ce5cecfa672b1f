import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { q4BlockSize, quantizeQ4, type Q4Rows } from "../../../src/importer/q4.ts";

const weight = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 });
const block = fc.array(weight, { minLength: q4BlockSize, maxLength: q4BlockSize });
const rows = fc.array(block, { maxLength: 4 }).map((blocks) => Float32Array.from(blocks.flat()));

function dequantize({ packed, scales }: Q4Rows): Float32Array {
	return Float32Array.from({ length: packed.length * 2 }, (_, i) => {
		const byte = packed[i >> 1] ?? 0;
		const code = i % 2 === 0 ? byte & 15 : byte >> 4;
		return (code - 8) * (scales[Math.floor(i / q4BlockSize)] ?? 0);
	});
}

describe("Q4_0 quantization", () => {
	test("packs the earlier of two weights into the low half of a byte", () => {
		const values = new Float32Array(q4BlockSize);
		values.set([-8, 7, 3, 0]);
		const { packed, scales } = quantizeQ4(values);
		expect([...scales]).toEqual([1]);
		expect([...packed.subarray(0, 3)]).toEqual([0xf0, 0x8b, 0x88]);
	});

	test("moves a weight by half a step at most, or by one where the range ends at 7 steps", () => {
		fc.assert(
			fc.property(rows, (values) => {
				const quantized = quantizeQ4(values);
				const result = dequantize(quantized);
				return values.every((value, i) => {
					const scale = quantized.scales[Math.floor(i / q4BlockSize)] ?? 0;
					const bound = value / scale > 7.5 ? 1 : 0.5;
					// A value of less than 2^-146 is too small to have a scale and becomes 0.
					const rounding = Math.abs(value) * 1e-6 + 2 ** -146;
					return Math.abs(value - (result[i] ?? NaN)) <= Math.abs(scale) * bound + rounding;
				});
			}),
		);
	});

	test("keeps the value of largest magnitude of each block exactly", () => {
		fc.assert(
			fc.property(block, (values) => {
				const original = Float32Array.from(values);
				const result = dequantize(quantizeQ4(original));
				const largest = Math.max(...original.map(Math.abs));
				return largest < 2 ** -120 || Math.max(...result.map(Math.abs)) === largest;
			}),
		);
	});

	test("is lossless the second time", () => {
		fc.assert(
			fc.property(rows, (values) => {
				const once = dequantize(quantizeQ4(values));
				expect(dequantize(quantizeQ4(once))).toEqual(once);
			}),
		);
	});
});
