import fc from "fast-check";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CheckpointTensors } from "../../../src/importer/checkpointTensors.ts";
import { decodeElements } from "../../../src/importer/elementDecoding.ts";
import { ImportError } from "../../../src/importer/importError.ts";
import {
	parseHeaderLength,
	parseSafetensorsHeader,
} from "../../../src/importer/safetensorsHeader.ts";
import { safetensorsFile } from "../../support/randomCheckpoint.ts";

describe("CheckpointTensors", () => {
	let folder: string;
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "mote-tensors-"));
	});
	afterAll(() => rm(folder, { recursive: true }));

	test("reads a large matrix in pieces of whole rows", async () => {
		const shape = [3, 2_200_000] as const;
		const values = Float32Array.from({ length: shape[0] * shape[1] }, (_, i) => i);
		const file = safetensorsFile(
			[
				["first", { shape: [1], values: Float32Array.of(7) }],
				["large", { shape, values }],
			],
			"F32",
		);
		await writeFile(join(folder, "model.safetensors"), file);
		await using tensors = await CheckpointTensors.open(folder);
		const starts: (number | undefined)[] = [];
		const lengths: number[] = [];
		for await (const rows of tensors.readRows("large", shape)) {
			starts.push(rows[0]);
			lengths.push(rows.length);
		}
		expect(starts).toEqual([0, 2_200_000, 4_400_000]);
		expect(lengths).toEqual([2_200_000, 2_200_000, 2_200_000]);
		expect(await tensors.read("first", [1])).toEqual(Float32Array.of(7));
	});
});

describe("stored element types", () => {
	const decode = (type: "BF16" | "F16", ...halves: number[]): number[] => [
		...decodeElements(type, new Uint8Array(Uint16Array.from(halves).buffer)),
	];

	test("half precision is decoded exactly, subnormal and infinite values included", () => {
		expect(decode("F16", 0x3c00, 0xc000, 0x0001, 0x03ff, 0x7bff, 0x8000, 0x7c00, 0x7e00)).toEqual([
			1,
			-2,
			2 ** -24,
			1023 * 2 ** -24,
			65_504,
			-0,
			Infinity,
			NaN,
		]);
	});

	test("bfloat16 is the upper half of a float32", () => {
		expect(decode("BF16", 0x3f80, 0xc040, 0x0000, 0x7f80)).toEqual([1, -3, 0, Infinity]);
	});
});

describe("a safetensors header from anywhere is either sound or refused:", () => {
	const fileBytes = 1000;
	const isSoundOrRefused = (read: () => boolean): boolean => {
		try {
			return read();
		} catch (error) {
			return error instanceof ImportError;
		}
	};

	test("any JSON", () => {
		const number = fc.oneof(fc.nat({ max: 1200 }), fc.double(), fc.maxSafeInteger());
		const entry = fc.record({
			dtype: fc.constantFrom("F32", "BF16", "I64", "__proto__"),
			shape: fc.array(number, { maxLength: 3 }),
			data_offsets: fc.array(number, { minLength: 1, maxLength: 3 }),
		});
		const header = fc.oneof(fc.json(), fc.dictionary(fc.string(), entry).map(JSON.stringify));
		fc.assert(
			fc.property(header, (text) =>
				isSoundOrRefused(() =>
					[...parseSafetensorsHeader(text, text.length, fileBytes, "x").values()].every(
						({ offset, bytes }) => offset >= 8 + text.length && offset + bytes <= fileBytes,
					),
				),
			),
		);
	});

	test("a name that fits no sentence", () => {
		for (const entry of [{}, { dtype: "F32", shape: [3], data_offsets: [0, 4] }]) {
			const header = JSON.stringify({ ["x".repeat(100_000)]: entry });
			const parse = (): unknown => parseSafetensorsHeader(header, 2, fileBytes, "m.safetensors");
			expect(parse).toThrow(/^The header of m\.safetensors .{20,300}\.$/);
		}
	});

	test("any length", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 8 }), (prefix) =>
				isSoundOrRefused(
					() => parseHeaderLength(Buffer.from(prefix), fileBytes, "x") <= fileBytes - 8,
				),
			),
		);
	});
});
