import { describe, expect, test } from "vitest";
import { parseGgufHeader } from "../../../../src/importer/gguf/ggufHeader.ts";
import { ImportError } from "../../../../src/importer/importError.ts";
import { ggufBytes, type GgufParts, type TensorBytes } from "../../../support/ggufBytes.ts";

const vector: TensorBytes = {
	name: "a",
	dimensions: [4],
	type: 0,
	content: new Uint8Array(16),
};
const parse = (bytes: Buffer): ReturnType<typeof parseGgufHeader> =>
	parseGgufHeader(bytes, bytes.length, "m.gguf");

const sound: GgufParts = {
	metadata: {
		u8: [0, 255],
		i8: [1, -128],
		u16: [2, 65_535],
		i16: [3, -32_768],
		u32: [4, 4_294_967_295],
		i32: [5, -2_147_483_648],
		f32: [6, 0.5],
		yes: [7, true],
		text: [8, "größe 🙂"],
		u64: [10, 9_007_199_254_740_991n],
		beyond: [10, 2n ** 60n],
		i64: [11, -5n],
		f64: [12, 0.1],
		words: [9, 8, ["a", "", "b"]],
		none: [9, 4, []],
		nested: [
			9,
			9,
			[
				[5, [1, -2]],
				[8, ["x"]],
			],
		],
	},
	tensors: [
		vector,
		{ name: "blocks", dimensions: [64, 2, 3], type: 2, content: new Uint8Array(12 * 18) },
		{ name: "super", dimensions: [256], type: 14, content: new Uint8Array(210) },
	],
};

describe("a header", () => {
	test.each([2, 3])(
		"of version %i has values of every type, and tensors at their places",
		(version) => {
			const bytes = ggufBytes({ ...sound, version });
			const parsed = parse(bytes);
			expect(parsed.kind).toBe("header");
			const { metadata, tensors } =
				parsed.kind === "header" ? parsed.header : { metadata: [], tensors: [] };
			expect(Object.fromEntries(metadata)).toEqual({
				u8: 255,
				i8: -128,
				u16: 65_535,
				i16: -32_768,
				u32: 4_294_967_295,
				i32: -2_147_483_648,
				f32: 0.5,
				yes: true,
				text: "größe 🙂",
				u64: 9_007_199_254_740_991,
				beyond: 2n ** 60n,
				i64: -5,
				f64: 0.1,
				words: ["a", "", "b"],
				none: [],
				nested: [[1, -2], ["x"]],
			});
			const end = bytes.length;
			expect(
				[...tensors].map(([name, { type, shape, offset, bytes: length }]) => [
					name,
					type.name,
					shape,
					offset - end,
					length,
				]),
			).toEqual([
				["a", "F32", [4], -32 - 224 - 224, 16],
				["blocks", "Q4_0", [3, 2, 64], -224 - 224, 216],
				["super", "Q6_K", [256], -224, 210],
			]);
		},
	);

	test("says where it needs more bytes of the file, and only there", () => {
		const bytes = ggufBytes(sound);
		const tensorBytes = 32 + 224 + 224;
		for (let length = 0; length < bytes.length - tensorBytes - 31; length++) {
			expect(parseGgufHeader(bytes.subarray(0, length), bytes.length, "m.gguf")).toEqual({
				kind: "incomplete",
			});
		}
		const headerOnly = bytes.subarray(0, bytes.length - tensorBytes);
		expect(parseGgufHeader(headerOnly, bytes.length, "m.gguf").kind).toBe("header");
	});

	test("puts tensors at multiples of the alignment that it names", () => {
		const parsed = parse(
			ggufBytes({
				alignment: 128,
				metadata: { "general.alignment": [4, 128] },
				tensors: [vector, { ...vector, name: "b" }],
			}),
		);
		const offsets =
			parsed.kind === "header"
				? [...parsed.header.tensors.values()].map(({ offset }) => offset)
				: [];
		expect(offsets).toEqual([128, 256]);
	});
});

describe("refused in a sentence that says what to do:", () => {
	const refusal = (bytes: Buffer): { readonly code: string; readonly message: string } => {
		try {
			return { code: "none", message: JSON.stringify(parse(bytes).kind) };
		} catch (error) {
			if (!(error instanceof ImportError)) {
				throw error;
			}
			expect(error.message).toMatch(/^The file m\.gguf [^\n]+; [^\n]+\.$/);
			return error;
		}
	};
	const huge = 2n ** 63n;
	const cases: Readonly<Record<string, readonly [GgufParts | Buffer, string, string]>> = {
		"another format": [
			Buffer.from("PK\x03\x04 and so on"),
			"checkpointInvalid",
			"doesn't start with GGUF",
		],
		"an empty file": [Buffer.alloc(0), "checkpointInvalid", "ends within its header"],
		"a cut header": [
			ggufBytes(sound).subarray(0, 200),
			"checkpointInvalid",
			"ends within its header",
		],
		"cut tensors": [
			ggufBytes(sound).subarray(0, -32),
			"checkpointInvalid",
			'before its tensor "super" does',
		],
		"the first version": [{ version: 1 }, "checkpointUnsupported", "first version"],
		"a version to come": [{ version: 4 }, "checkpointUnsupported", "version 4"],
		"the other byte order": [{ version: 0x0300_0000 }, "checkpointUnsupported", "big-endian"],
		"more tensors than there can be": [{ tensorCount: huge }, "checkpointInvalid", "tensors"],
		"more tensors than the file has room for": [
			{ tensorCount: 90_000 },
			"checkpointInvalid",
			"ends within",
		],
		"more metadata than there can be": [
			{ pairCount: huge },
			"checkpointInvalid",
			"entries of metadata",
		],
		"a longer array than the file": [
			{ metadata: { a: [9, 12, Array(50).fill(0)] }, tensorCount: 0 },
			"none",
			"header",
		],
		"an unknown type of value": [
			{ metadata: { a: [13, 1] } },
			"checkpointInvalid",
			"unknown type 13",
		],
		"arrays without end": [
			{ metadata: { a: [9, 9, [[9, [[9, [[9, [[9, []]]]]]]]]] } },
			"checkpointInvalid",
			"4 levels",
		],
		"a key twice": [
			{
				metadata: [
					["a", [7, true]],
					["a", [7, true]],
				],
			},
			"checkpointInvalid",
			'key "a" twice',
		],
		"a tensor twice": [{ tensors: [vector, vector] }, "checkpointInvalid", '"a" twice'],
		"tensors that share bytes": [
			{ tensors: [vector, { ...vector, name: "b", offset: 0 }] },
			"checkpointInvalid",
			"wrong place",
		],
		"a tensor between two places": [
			{ tensors: [{ ...vector, offset: 8 }] },
			"checkpointInvalid",
			"wrong place",
		],
		"a tensor beyond the file": [
			{ tensors: [{ ...vector, offset: 2n ** 62n }] },
			"checkpointInvalid",
			"ends before",
		],
		"a size of zero": [
			{ tensors: [{ ...vector, dimensions: [0] }] },
			"checkpointInvalid",
			"impossible shape",
		],
		"a product beyond every number": [
			{ tensors: [{ ...vector, dimensions: [2n ** 40n, 2n ** 40n] }] },
			"checkpointInvalid",
			"impossible shape",
		],
		"too many dimensions": [
			{ tensors: [{ ...vector, dimensions: [1, 1, 1, 1, 4] }] },
			"checkpointInvalid",
			"5 dimensions",
		],
		"rows of broken blocks": [
			{ tensors: [{ ...vector, dimensions: [48], type: 2 }] },
			"checkpointInvalid",
			"whole blocks of Q4_0",
		],
		"weights in a format that isn't read": [
			{ tensors: [{ ...vector, dimensions: [256], type: 17 }] },
			"checkpointUnsupported",
			"take the model in Q4_0",
		],
		"an alignment of three": [
			{ metadata: { "general.alignment": [4, 3] } },
			"checkpointInvalid",
			"power of two",
		],
		"an alignment of nothing": [
			{ metadata: { "general.alignment": [4, 0] } },
			"checkpointInvalid",
			"power of two",
		],
		"an alignment in words": [
			{ metadata: { "general.alignment": [8, "32"] } },
			"checkpointInvalid",
			"power of two",
		],
	};
	test.each(Object.entries(cases))("%s", (_, [given, code, part]) => {
		const { code: actual, message } = refusal(Buffer.isBuffer(given) ? given : ggufBytes(given));
		expect([actual, message]).toEqual([code, expect.stringContaining(part)]);
	});

	test("a text or an array that is longer than the file, before anything is allocated for it", () => {
		for (const type of [8, 9]) {
			const bytes = ggufBytes({ metadata: { a: [7, true] } });
			const claim = Buffer.alloc(16);
			claim.writeUInt32LE(4, 0);
			claim.writeBigUInt64LE(1_000_000n, type === 8 ? 0 : 4);
			bytes.writeUInt32LE(type, 24 + 9);
			const file = Buffer.concat([bytes.subarray(0, 24 + 13), claim, Buffer.alloc(64)]);
			expect(refusal(file)).toMatchObject({ code: "checkpointInvalid" });
			expect(refusal(file).message).toContain("ends within its header");
		}
	});
});
