import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { importCheckpoint } from "../../../src/importer/importCheckpoint.ts";
import { ModelProtoSchema } from "../../../src/importer/onnx/onnx_pb.ts";
import { openModel } from "../../../src/model/modelStore.ts";
import { oneLayer, useImportFolder } from "../../support/importFolder.ts";
import { readOnnxGraph } from "../../support/onnxGraph.ts";

const folder = useImportFolder();
const { checkpointPath, writeCheckpoint } = folder;
const importTo = (name = "model"): Promise<void> =>
	importCheckpoint(checkpointPath(), join(folder.path, name), { quantization: "int4" });

describe("an imported model folder", () => {
	test("is the same when an editor has put marks in front of the checkpoint's text files", async () => {
		await writeCheckpoint();
		await importTo();
		const { manifest } = await openModel(join(folder.path, "model"));
		for (const name of await readdir(checkpointPath())) {
			if (name.endsWith(".json")) {
				const text = await readFile(checkpointPath(name), "utf8");
				await writeFile(checkpointPath(name), `\uFEFF${text}`);
			}
		}
		await importTo("marked");
		expect((await openModel(join(folder.path, "marked"))).manifest).toEqual(manifest);
	});

	test("passes its own checks and says how the model is used", async () => {
		await writeCheckpoint();
		const progress: number[] = [];
		await importCheckpoint(checkpointPath(), join(folder.path, "model"), {
			quantization: "int4",
			onProgress: (fraction) => progress.push(fraction),
		});
		const { files, ...manifest } = (await openModel(join(folder.path, "model"))).manifest;
		expect(manifest).toEqual({
			formatVersion: 1,
			name: "tiny",
			architecture: "qwen3_moe",
			license: "MIT",
			quantization: "int4",
			vocabularySize: 512,
			contextLength: 256,
			trainedContextLength: 128,
			layers: 1,
			kvHeads: 2,
			headDim: 32,
			kvCache: "float32",
			stopTokens: [
				"<|fim_prefix|>",
				"<|fim_suffix|>",
				"<|fim_middle|>",
				"<|file|>",
				"<|endoftext|>",
				"<|repo|>",
				"<|pad|>",
			],
			fim: {
				order: "spm",
				prefix: "<|fim_prefix|>",
				suffix: "<|fim_suffix|>",
				middle: "<|fim_middle|>",
				file: "<|file|>",
			},
		});
		expect(
			Object.values(files)
				.flat()
				.map((file) => file?.name),
		).toEqual([
			"model.onnx",
			"model-portable.onnx",
			"model-native.onnx",
			"model-dense.onnx",
			"model-half.onnx",
			"weights.bin",
			"tokenizer.json",
		]);
		expect(progress).toEqual(progress.toSorted((a, b) => a - b));
		expect(progress.at(-1)).toBe(1);
	});

	test("is the same whenever it is imported", async () => {
		await writeCheckpoint();
		await importTo();
		await importTo("again");
		const manifest = (name: string): Promise<string> =>
			readFile(join(folder.path, name, "mote-model.json"), "utf8");
		expect(await manifest("again")).toBe(await manifest("model"));
	});

	test("takes the FIM tokens of the Qwen family, prefix first, where the checkpoint says nothing", async () => {
		await writeCheckpoint({ notes: null });
		await importTo();
		const { manifest } = await openModel(join(folder.path, "model"));
		expect([manifest.fim?.order, manifest.name, manifest.license]).toEqual([
			"psm",
			"checkpoint",
			"unknown",
		]);
		expect(manifest.trainedContextLength).toBe(manifest.contextLength);
	});

	test("takes fewer positions than declared when asked to, and more than the limit never", async () => {
		await writeCheckpoint({ shape: { ...oneLayer, max_position_embeddings: 262_144 } });
		const bytesWith = async (name: string, contextLength?: number): Promise<[number, number]> => {
			await importCheckpoint(checkpointPath(), join(folder.path, name), {
				quantization: "int4",
				...(contextLength === undefined ? {} : { contextLength }),
			});
			const { manifest } = await openModel(join(folder.path, name));
			return [manifest.contextLength, manifest.files.weights.bytes];
		};
		const [longest, longBytes] = await bytesWith("long");
		const [shorter, shortBytes] = await bytesWith("short", 1024);
		expect([longest, shorter]).toEqual([131_072, 1024]);
		// Two tables of 16 floats a position, and nothing else depends on it.
		expect(longBytes - shortBytes).toBe((131_072 - 1024) * 2 * 16 * 4);
	});

	test("with an int8 KV cache has scales for each head and channel of what was measured", async () => {
		await writeCheckpoint();
		const measured: number[] = [];
		await importCheckpoint(checkpointPath(), join(folder.path, "model"), {
			quantization: "int4",
			kvCache: {
				kind: "int8",
				measure: async ({ graphPath, layers, kvHeads, headDim, contextLength }, sequences) => {
					// It can be run: graph and weights lie there.
					await Promise.all(
						[graphPath, join(dirname(graphPath), "weights.bin")].map((path) => stat(path)),
					);
					measured.push(...sequences.map(({ length }) => length));
					expect(Math.max(...measured)).toBeLessThanOrEqual(contextLength);
					expect(sequences.flat().every((id) => id >= 0 && id < 512)).toBe(true);
					const ranges = new Float32Array(kvHeads * headDim).fill(127 / 1.1);
					return Array.from({ length: layers }, () => ({ key: ranges, value: ranges }));
				},
			},
		});
		expect(measured.length).toBeGreaterThan(0);
		expect(await readdir(join(folder.path, "model"))).toEqual([
			"model-dense.onnx",
			"model-half.onnx",
			"model-native.onnx",
			"model-portable.onnx",
			"model.onnx",
			"mote-model.json",
			"tokenizer.json",
			"weights.bin",
		]);
		expect((await openModel(join(folder.path, "model"))).manifest.kvCache).toBe("int8");
		for (const name of ["model.onnx", "model-portable.onnx"]) {
			const { graph } = fromBinary(
				ModelProtoSchema,
				await readFile(join(folder.path, "model", name)),
			);
			const scale = graph?.initializer.find((tensor) => tensor.name === "layers.0.key_scale");
			expect(scale?.dims).toEqual([64n]);
			const bytes = Uint8Array.from(scale?.rawData ?? []);
			for (const value of new Float32Array(bytes.buffer)) {
				expect(value).toBeCloseTo(1, 6);
			}
		}
		const native = await readOnnxGraph(join(folder.path, "model", "model-native.onnx"));
		expect(native.inputs["past_key_values.0.key"]).toBe("uint8 [blocks, 2, block_bytes]");
		expect([...native.constants.keys()].filter((name) => name.includes("_scale"))).toEqual([]);
	});

	test("may replace an empty folder", async () => {
		await writeCheckpoint();
		await mkdir(join(folder.path, "model"));
		await importTo();
		expect(await readdir(folder.path)).toEqual(["checkpoint", "model"]);
	});
});
