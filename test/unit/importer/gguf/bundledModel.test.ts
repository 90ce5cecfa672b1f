import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { float16Bits } from "../../../../bench/engines/gguf/float16.ts";
import { writeImportedGguf } from "../../../../bench/engines/gguf/writeCheckpointGguf.ts";
import { float16Values } from "../../../../src/importer/float16.ts";
import { importCheckpoint } from "../../../../src/importer/importCheckpoint.ts";
import { openModel } from "../../../../src/model/modelStore.ts";
import { GraphRunner } from "../../../support/graphRunner.ts";
import { readOnnxGraph } from "../../../support/onnxGraph.ts";
import { TemporaryFolder } from "../../../support/temporaryFolder.ts";

const bundled = join(import.meta.dirname, "../../../../models/mote-nano");

/** Bytes of every constant that lies in the weights file, by name. */
async function weightsOf(folder: string): Promise<ReadonlyMap<string, Buffer>> {
	const { constants } = await readOnnxGraph(join(folder, "model-native.onnx"));
	const file = await readFile(join(folder, "weights.bin"));
	return new Map(
		[...constants].flatMap(([name, { region = "" }]) => {
			const [, offset, length] = /offset (\d+), length (\d+)/.exec(region) ?? [];
			return offset === undefined
				? []
				: [[name, file.subarray(Number(offset), Number(offset) + Number(length))] as const];
		}),
	);
}

async function logitsOf(
	folder: string,
	tokens: readonly number[],
): Promise<readonly Float32Array[]> {
	const runner = await GraphRunner.load(folder, 64, "portable");
	try {
		return await runner.run(tokens, tokens.length);
	} finally {
		await runner.dispose();
	}
}

describe("the bundled model, exported to GGUF and read back,", () => {
	test("is the same model folder to the last bit where the file holds its values in float32", async () => {
		using folder = new TemporaryFolder();
		const path = join(folder.path, "m.gguf");
		await writeImportedGguf(bundled, path, "float32");
		await importCheckpoint(path, join(folder.path, "model"), { quantization: "int4" });
		const { manifest } = await openModel(join(folder.path, "model"));
		expect(manifest).toEqual((await openModel(bundled)).manifest);
	});

	test("has the same int4 codes in Q4_0, scales rounded to halves, and the same logits but for that", async () => {
		process.env["ORT_USE_MLAS_Q4_GEMM_MOE"] = "1";
		using folder = new TemporaryFolder();
		const path = join(folder.path, "m.gguf");
		const again = join(folder.path, "model");
		await writeImportedGguf(bundled, path, "q4_0");
		await importCheckpoint(path, again, { quantization: "int4" });
		const [before, after] = [await weightsOf(bundled), await weightsOf(again)];
		expect([...after.keys()]).toEqual([...before.keys()]);
		for (const [name, bytes] of before) {
			const expected = name.endsWith(".scales") ? roundedToHalves(bytes) : bytes;
			expect([name, after.get(name)?.equals(expected)]).toEqual([name, true]);
		}
		const tokens = Array.from({ length: 32 }, (_, i) => (i * 397 + 11) % 16_384);
		const [expected, found] = [await logitsOf(bundled, tokens), await logitsOf(again, tokens)];
		for (const [row, logits] of expected.entries()) {
			const largest = Math.max(...logits.map(Math.abs));
			const errors = logits.map((value, i) => Math.abs(value - (found[row]?.[i] ?? NaN)));
			// Half a unit in the last of a half's 11 bits, over six layers.
			expect(Math.max(...errors) / largest).toBeLessThan(0.01);
			expect(found[row]?.indexOf(Math.max(...(found[row] ?? [])))).toBe(
				logits.indexOf(Math.max(...logits)),
			);
		}
	});
});

function roundedToHalves(bytes: Buffer): Buffer {
	const rounded = Buffer.alloc(bytes.length);
	for (let at = 0; at < bytes.length; at += 4) {
		rounded.writeFloatLE(float16Values[float16Bits(bytes.readFloatLE(at))] ?? NaN, at);
	}
	return rounded;
}
