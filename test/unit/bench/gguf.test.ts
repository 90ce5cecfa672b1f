import { readFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { float16Bits } from "../../../bench/engines/gguf/float16.ts";
import { q4BlockBytes, toGgufQ4 } from "../../../bench/engines/gguf/q4Blocks.ts";
import { writeCheckpointGguf } from "../../../bench/engines/gguf/writeCheckpointGguf.ts";
import { q4BlockSize, quantizeQ4 } from "../../../src/importer/q4.ts";
import { writeRandomCheckpoint } from "../../support/randomCheckpoint.ts";
import { readGguf } from "../../support/readGguf.ts";
import { TemporaryFolder } from "../../support/temporaryFolder.ts";

/** The number that the bits of a half stand for. */
function valueOfHalf(bits: number): number {
	const exponent = (bits >> 10) & 31;
	const mantissa = bits & 1023;
	const magnitude =
		exponent === 0
			? mantissa * 2 ** -24
			: exponent === 31
				? mantissa === 0
					? Infinity
					: NaN
				: (1024 + mantissa) * 2 ** (exponent - 25);
	return (bits & 0x8000) === 0 ? magnitude : -magnitude;
}

/** The weights of GGUF's Q4_0, by the format's description: element i and i + 16 share a byte. */
function weightsOfBlocks(blocks: Uint8Array): readonly number[] {
	return Array.from({ length: blocks.length / q4BlockBytes }, (_, block) => {
		const bytes = blocks.subarray(block * q4BlockBytes, (block + 1) * q4BlockBytes);
		const scale = valueOfHalf((bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8));
		const codes = [...bytes.subarray(2)];
		return [...codes.map((byte) => byte & 15), ...codes.map((byte) => byte >> 4)].map(
			(code) => scale * (code - 8),
		);
	}).flat();
}

describe("float16Bits", () => {
	test("gives every finite half its own bits", () => {
		const wrong = Array.from({ length: 0x10000 }, (_, bits) => bits).filter(
			(bits) => Number.isFinite(valueOfHalf(bits)) && float16Bits(valueOfHalf(bits)) !== bits,
		);
		expect(wrong).toEqual([]);
	});

	test("takes the nearest half, and of two the even one", () => {
		const half = fc.integer({ min: 0, max: 0x7bfe });
		fc.assert(
			fc.property(half, (bits) => {
				const [below, above] = [valueOfHalf(bits), valueOfHalf(bits + 1)];
				const middle = (below + above) / 2;
				expect(float16Bits(middle)).toBe(bits % 2 === 0 ? bits : bits + 1);
				expect(float16Bits(Math.fround(below + (above - below) * 0.4))).toBe(bits);
				expect(float16Bits(Math.fround(below + (above - below) * 0.6))).toBe(bits + 1);
			}),
		);
	});

	test("becomes infinite from the middle to the next power of two on", () => {
		expect([65_519, 65_520, -1e9, Infinity].map(float16Bits)).toEqual([
			0x7bff, 0x7c00, 0xfc00, 0x7c00,
		]);
		expect(valueOfHalf(float16Bits(NaN))).toBeNaN();
	});
});

test("GGUF's blocks hold the imported weights, but for the rounding of their scale", () => {
	const weight = fc.float({ noNaN: true, noDefaultInfinity: true, min: -8, max: 8 });
	const block = fc.array(weight, { minLength: q4BlockSize, maxLength: q4BlockSize });
	fc.assert(
		fc.property(fc.array(block, { minLength: 1, maxLength: 3 }), (blocks) => {
			const rows = quantizeQ4(Float32Array.from(blocks.flat()));
			const expected = Array.from({ length: rows.packed.length * 2 }, (_, i) => {
				const pair = rows.packed[i >> 1] ?? 0;
				const scale = rows.scales[Math.floor(i / q4BlockSize)] ?? 0;
				return ((i % 2 === 0 ? pair & 15 : pair >> 4) - 8) * scale;
			});
			const found = weightsOfBlocks(toGgufQ4(rows));
			expect(found).toHaveLength(expected.length);
			for (const [i, value] of found.entries()) {
				const scale = Math.abs(rows.scales[Math.floor(i / q4BlockSize)] ?? 0);
				// Half a unit in the last of a half's 11 bits, or of its smallest steps; codes go to −8.
				expect(Math.abs(value - (expected[i] ?? NaN))).toBeLessThanOrEqual(
					8 * Math.max(scale * 2 ** -11, 2 ** -25),
				);
			}
		}),
	);
});

describe("the GGUF file of a checkpoint", () => {
	async function written(tied: boolean): Promise<{
		readonly gguf: ReturnType<typeof readGguf>;
		readonly checkpoint: Awaited<ReturnType<typeof writeRandomCheckpoint>>;
	}> {
		using folder = new TemporaryFolder();
		const checkpoint = await writeRandomCheckpoint(join(folder.path, "checkpoint"), {
			shape: { tie_word_embeddings: tied },
		});
		const path = join(folder.path, "model.gguf");
		await writeCheckpointGguf(join(folder.path, "checkpoint"), path);
		return { gguf: readGguf(await readFile(path)), checkpoint };
	}

	test("has llama.cpp's names and shapes", async () => {
		const { gguf } = await written(true);
		expect(gguf.metadata.get("general.architecture")).toBe("qwen3moe");
		expect(gguf.metadata.get("qwen3moe.expert_used_count")).toBe(2);
		expect(gguf.metadata.get("qwen3moe.attention.key_length")).toBe(32);
		expect(gguf.metadata.get("tokenizer.ggml.tokens")).toHaveLength(512);
		expect(
			[...gguf.tensors]
				.filter(([name]) => !name.startsWith("blk.1."))
				.map(([name, { dimensions, type }]) => `${name} ${dimensions.join("×")} ${type}`),
		).toEqual([
			"token_embd.weight 64×512 2",
			"blk.0.attn_norm.weight 64 0",
			"blk.0.attn_q.weight 64×128 2",
			"blk.0.attn_k.weight 64×64 2",
			"blk.0.attn_v.weight 64×64 2",
			"blk.0.attn_output.weight 128×64 2",
			"blk.0.attn_q_norm.weight 32 0",
			"blk.0.attn_k_norm.weight 32 0",
			"blk.0.ffn_norm.weight 64 0",
			"blk.0.ffn_gate_inp.weight 64×4 0",
			"blk.0.ffn_gate_exps.weight 64×32×4 2",
			"blk.0.ffn_up_exps.weight 64×32×4 2",
			"blk.0.ffn_down_exps.weight 32×64×4 2",
			"output_norm.weight 64 0",
		]);
	});

	test("holds each expert at its place, and norms and routers as they are", async () => {
		const { gguf, checkpoint } = await written(true);
		const { tensors } = checkpoint;
		const experts = gguf.tensors.get("blk.1.ffn_up_exps.weight");
		const bytesPerExpert = (experts?.bytes.length ?? 0) / 4;
		for (let expert = 0; expert < 4; expert++) {
			const original = tensors.get(`model.layers.1.mlp.experts.${expert}.up_proj.weight`);
			const start = expert * bytesPerExpert;
			expect(experts?.bytes.subarray(start, start + bytesPerExpert)).toEqual(
				Buffer.from(toGgufQ4(quantizeQ4(original?.values ?? new Float32Array(0)))),
			);
		}
		const router = tensors.get("model.layers.0.mlp.gate.weight");
		expect(gguf.tensors.get("blk.0.ffn_gate_inp.weight")?.bytes).toEqual(
			Buffer.from(router?.values.buffer ?? new ArrayBuffer(0)),
		);
	});

	test("has output rows of its own only where the checkpoint has", async () => {
		expect((await written(true)).gguf.tensors.has("output.weight")).toBe(false);
		expect((await written(false)).gguf.tensors.get("output.weight")?.dimensions).toEqual([64, 512]);
	});

	test("is refused where llama.cpp would weigh the experts otherwise", async () => {
		using folder = new TemporaryFolder();
		await writeRandomCheckpoint(join(folder.path, "c"), { shape: { norm_topk_prob: false } });
		await expect(
			writeCheckpointGguf(join(folder.path, "c"), join(folder.path, "model.gguf")),
		).rejects.toMatchObject({ code: "ggufUnsupported" });
		expect(folder.list()).toEqual(["c"]);
	});
});
