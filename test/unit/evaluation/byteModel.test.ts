import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteModel } from "../../../src/evaluation/byteModel.ts";
import { CountTable } from "../../../src/evaluation/countTable.ts";

function bitsOf(learned: readonly string[], text: string): number {
	const model = new ByteModel();
	learned.forEach((each) => model.learn(Buffer.from(each)));
	return model.bits(Buffer.from(text));
}

describe("the order-3 byte model", () => {
	test("knows nothing before it has learned: eight bits a byte", () => {
		expect(bitsOf([], "hello")).toBeCloseTo(40, 10);
	});

	test("interpolates Witten-Bell from the shortest context to the longest", () => {
		// After "ab": P(b) of order 0 is (1 + 2/256) / (2 + 2).
		expect(bitsOf(["ab"], "b")).toBeCloseTo(-Math.log2((1 + 2 / 256) / 4), 10);
		// And behind an a, which one byte has followed once: (1 + 1 · P0(b)) / (1 + 1).
		const first = -Math.log2((1 + 2 / 256) / 4);
		const second = -Math.log2((1 + (1 + 2 / 256) / 4) / 2);
		expect(bitsOf(["ab"], "ab")).toBeCloseTo(first + second, 10);
	});

	test("gives what the training pipeline's model gives", () => {
		// Computed with training/evaluate/ngram.py, which scores from the fourth byte on.
		const learned = ["abracadabra abracadabra"];
		const bits = bitsOf(learned, "abracad bra") - bitsOf(learned, "abr");
		expect(bits).toBeCloseTo(14.687606141030095, 10);
	});

	test("goes on learning after it has scored", () => {
		const model = new ByteModel();
		const text = Buffer.from("for (const value of values) {");
		model.learn(text);
		const before = model.bits(text);
		model.learn(text);
		expect(model.bits(text)).toBeLessThan(before);
		expect(model.bits(text)).toBeCloseTo(
			bitsOf([text.toString(), text.toString()], text.toString()),
			10,
		);
	});

	test("probabilities of all bytes add up to one in any context", () => {
		const ascii = fc.string({ maxLength: 40 });
		fc.assert(
			fc.property(ascii, ascii, (learned, context) => {
				const model = new ByteModel();
				model.learn(Buffer.from(learned));
				const before = model.bits(Buffer.from(context));
				let sum = 0;
				for (let byte = 0; byte < 256; byte++) {
					const text = Buffer.concat([Buffer.from(context), Buffer.of(byte)]);
					sum += 2 ** -(model.bits(text) - before);
				}
				expect(sum).toBeCloseTo(1, 8);
			}),
			{ numRuns: 50 },
		);
	});
});

describe("a count table", () => {
	test("counts as a map does", () => {
		const keys = fc.array(fc.oneof(fc.nat(8), fc.nat(0xffff_ffff)), { maxLength: 3000 });
		fc.assert(
			fc.property(keys, (added) => {
				const table = new CountTable();
				const map = new Map<number, number>();
				for (const key of added) {
					table.add(key);
					map.set(key, (map.get(key) ?? 0) + 1);
				}
				const counted = new Map<number, number>();
				table.forEach((key, count) => counted.set(key, count));
				expect(counted).toEqual(map);
				expect(table.size).toBe(map.size);
				expect(table.get(9)).toBe(map.get(9) ?? 0);
			}),
		);
	});
});
