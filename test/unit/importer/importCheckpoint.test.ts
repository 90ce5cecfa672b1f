import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { importCheckpoint } from "../../../src/importer/importCheckpoint.ts";
import { ModelProtoSchema } from "../../../src/importer/onnx/onnx_pb.ts";
import { openModel } from "../../../src/model/modelStore.ts";
import { readOnnxGraph } from "../../support/onnxGraph.ts";
import {
	safetensorsFile,
	tinyNotes,
	writeRandomCheckpoint,
	type RandomCheckpointOptions,
} from "../../support/randomCheckpoint.ts";

let root: string;
let folder: string;
let nextFolder = 0;

beforeAll(async () => {
	root = await mkdtemp(join(tmpdir(), "mote-import-"));
});
afterAll(() => rm(root, { recursive: true }));
beforeEach(async () => {
	folder = join(root, String(nextFolder++));
	await mkdir(folder);
});

const oneLayer = { num_hidden_layers: 1, num_experts: 2 };
const checkpointPath = (name = ""): string => join(folder, "checkpoint", name);
const writeCheckpoint = async (options: RandomCheckpointOptions = {}): Promise<void> => {
	await writeRandomCheckpoint(checkpointPath(), { shape: oneLayer, ...options });
};
const importTo = (quantization: "int4" | "fp32" = "int4"): Promise<void> =>
	importCheckpoint(checkpointPath(), join(folder, "model"), { quantization });

describe("an imported model folder", () => {
	test("is the same when an editor has put marks in front of the checkpoint's text files", async () => {
		await writeCheckpoint();
		await importTo();
		const { manifest } = await openModel(join(folder, "model"));
		for (const name of await readdir(checkpointPath())) {
			if (name.endsWith(".json")) {
				const text = await readFile(checkpointPath(name), "utf8");
				await writeFile(checkpointPath(name), `\uFEFF${text}`);
			}
		}
		await importCheckpoint(checkpointPath(), join(folder, "marked"), { quantization: "int4" });
		expect((await openModel(join(folder, "marked"))).manifest).toEqual(manifest);
	});

	test("passes its own checks and says how the model is used", async () => {
		await writeCheckpoint();
		const progress: number[] = [];
		await importCheckpoint(checkpointPath(), join(folder, "model"), {
			quantization: "int4",
			onProgress: (fraction) => progress.push(fraction),
		});
		const { files, ...manifest } = (await openModel(join(folder, "model"))).manifest;
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
		expect(Object.values(files).map((file) => file?.name)).toEqual([
			"model.onnx",
			"model-portable.onnx",
			"model-native.onnx",
			"weights.bin",
			"tokenizer.json",
		]);
		expect(progress).toEqual(progress.toSorted((a, b) => a - b));
		expect(progress.at(-1)).toBe(1);
	});

	test("is the same whenever it is imported", async () => {
		await writeCheckpoint();
		await importTo();
		await importCheckpoint(checkpointPath(), join(folder, "again"), { quantization: "int4" });
		const manifest = (name: string): Promise<string> =>
			readFile(join(folder, name, "mote-model.json"), "utf8");
		expect(await manifest("again")).toBe(await manifest("model"));
	});

	test("takes the FIM tokens of the Qwen family, prefix first, where the checkpoint says nothing", async () => {
		await writeCheckpoint({ notes: null });
		await importTo();
		const { manifest } = await openModel(join(folder, "model"));
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
			await importCheckpoint(checkpointPath(), join(folder, name), {
				quantization: "int4",
				...(contextLength === undefined ? {} : { contextLength }),
			});
			const { manifest } = await openModel(join(folder, name));
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
		await importCheckpoint(checkpointPath(), join(folder, "model"), {
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
		expect(await readdir(join(folder, "model"))).toEqual([
			"model-native.onnx",
			"model-portable.onnx",
			"model.onnx",
			"mote-model.json",
			"tokenizer.json",
			"weights.bin",
		]);
		expect((await openModel(join(folder, "model"))).manifest.kvCache).toBe("int8");
		for (const name of ["model.onnx", "model-portable.onnx"]) {
			const { graph } = fromBinary(ModelProtoSchema, await readFile(join(folder, "model", name)));
			const scale = graph?.initializer.find((tensor) => tensor.name === "layers.0.key_scale");
			expect(scale?.dims).toEqual([64n]);
			const bytes = Uint8Array.from(scale?.rawData ?? []);
			for (const value of new Float32Array(bytes.buffer)) {
				expect(value).toBeCloseTo(1, 6);
			}
		}
		const native = await readOnnxGraph(join(folder, "model", "model-native.onnx"));
		expect(native.inputs["past_key_values.0.key"]).toBe("uint8 [blocks, 2, block_bytes]");
		expect([...native.constants.keys()].filter((name) => name.includes("_scale"))).toEqual([]);
	});

	test("may replace an empty folder", async () => {
		await writeCheckpoint();
		await mkdir(join(folder, "model"));
		await importTo();
		expect(await readdir(folder)).toEqual(["checkpoint", "model"]);
	});
});

describe("an import that fails says why in one sentence and leaves nothing behind:", () => {
	const refusal = async (
		quantization: "int4" | "fp32" = "int4",
	): Promise<{ readonly code: unknown; readonly message: string }> => {
		const error: unknown = await importTo(quantization).catch((caught: unknown) => caught);
		expect((await readdir(folder)).filter((name) => name !== "checkpoint")).toEqual([]);
		expect(error).toMatchObject({ name: "UserError" });
		const { code, message } = error as { code: unknown; message: string };
		expect(message).toMatch(/^[^\n]+; [^\n]+\.$/);
		return { code, message };
	};
	const expectRefusal = async (code: string, part: string): Promise<void> => {
		const { code: actual, message } = await refusal();
		expect(actual).toBe(code);
		expect(message).toContain(part);
	};

	test("no checkpoint", async () => {
		await expectRefusal("checkpointInvalid", "no checkpoint at");
		await writeFile(checkpointPath(), "");
		await expectRefusal("checkpointInvalid", "no checkpoint at");
	});

	test("a folder with something else", async () => {
		await mkdir(checkpointPath());
		await expectRefusal("checkpointInvalid", "no config.json");
	});

	const configs: Record<string, [Record<string, unknown>, string, string]> = {
		"an unknown model type": [
			{ model_type: "gpt_bigcode" },
			"checkpointUnsupported",
			'is of the type "gpt_bigcode", which can\'t be imported; choose one of a plain type: llama, qwen2, qwen3, qwen3_moe, mellum, deepseek_v2.',
		],
		"a size that isn't a number": [{ hidden_size: "64" }, "checkpointInvalid", "hidden_size"],
		"a size beyond every bound": [{ num_experts: 1e9 }, "checkpointInvalid", "num_experts"],
		"heads that don't go together": [
			{ num_key_value_heads: 3 },
			"checkpointInvalid",
			"key heads don't divide query heads",
		],
		"attention biases": [{ attention_bias: true }, "checkpointUnsupported", "attention biases"],
		"scaled rotary positions": [
			{ rope_scaling: { type: "dynamic", factor: 4 } },
			"checkpointUnsupported",
			'scaled rotary positions of the kind "dynamic"',
		],
		"layers without experts": [
			{ mlp_only_layers: [0] },
			"checkpointUnsupported",
			"layers without experts",
		],
		"a tensor of the wrong shape": [
			{ moe_intermediate_size: 64 },
			"checkpointInvalid",
			'"model.layers.0.mlp.experts.0.gate_proj.weight" has the shape [32, 64] where config.json asks for [64, 64]',
		],
		"a missing tensor": [
			{ num_hidden_layers: 2 },
			"checkpointInvalid",
			'no tensor "model.layers.1.input_layernorm.weight"',
		],
		"a model smaller than its tokenizer": [
			{ vocab_size: 200 },
			"checkpointInvalid",
			"tokens but its model only 200",
		],
		"columns that blocks don't divide": [
			{ moe_intermediate_size: 40 },
			"checkpointUnsupported",
			"import it as fp32",
		],
	};
	test.each(Object.entries(configs))("%s", async (_, [config, code, part]) => {
		await writeCheckpoint({ config });
		await expectRefusal(code, part);
	});

	test("a config.json that is not JSON", async () => {
		await writeCheckpoint();
		await writeFile(checkpointPath("config.json"), "{");
		await expectRefusal("checkpointInvalid", "config.json is not JSON");
	});

	test("a truncated safetensors file, at any length", async () => {
		await writeCheckpoint();
		for (const bytes of [150_000, 5000, 100, 8, 7, 0]) {
			await truncate(checkpointPath("model.safetensors"), bytes);
			await expectRefusal("checkpointInvalid", "model.safetensors is truncated");
		}
	});

	test("a safetensors header that contradicts itself", async () => {
		await writeCheckpoint();
		const tensor = { shape: [3], values: new Float32Array(4) };
		await writeFile(checkpointPath("model.safetensors"), safetensorsFile([["x", tensor]], "F32"));
		await expectRefusal("checkpointInvalid", "contradicts its shape");
	});

	test("weights that are not numbers", async () => {
		const { shape, tensors } = await writeRandomCheckpoint(checkpointPath(), { shape: oneLayer });
		tensors.get("model.norm.weight")?.values.set([NaN]);
		await writeFile(checkpointPath("model.safetensors"), safetensorsFile([...tensors], "F32"));
		expect(shape.num_hidden_layers).toBe(1);
		await expectRefusal("checkpointInvalid", "not finite");
	});

	test("a shard that is missing", async () => {
		await writeCheckpoint({ shards: 2 });
		await rm(checkpointPath("model-2-of-2.safetensors"));
		await expectRefusal("checkpointInvalid", "no readable model-2-of-2.safetensors");
	});

	test("an index that points outside of the folder", async () => {
		await writeCheckpoint({ shards: 2 });
		await writeFile(
			checkpointPath("model.safetensors.index.json"),
			JSON.stringify({ weight_map: { x: "../../secret.safetensors" } }),
		);
		await expectRefusal("checkpointInvalid", "model.safetensors.index.json");
	});

	test("no tokenizer", async () => {
		await writeCheckpoint();
		await rm(checkpointPath("tokenizer.json"));
		await expectRefusal("checkpointInvalid", "no tokenizer.json");
	});

	test("a broken tokenizer", async () => {
		await writeCheckpoint();
		await writeFile(checkpointPath("tokenizer.json"), "{}");
		await expectRefusal("tokenizerInvalid", "tokenizer.json can't be used");
	});

	test("FIM tokens that the tokenizer doesn't have", async () => {
		await writeCheckpoint({ notes: { ...tinyNotes, fim: { ...tinyNotes.fim, prefix: "<PRE>" } } });
		await expectRefusal("checkpointInvalid", '"<PRE>"');
	});
});

test("an import that the disk has no room for is refused, with numbers, before it writes", async () => {
	await writeCheckpoint();
	const asked: string[] = [];
	const imported = importCheckpoint(checkpointPath(), join(folder, "model"), {
		quantization: "int4",
		freeBytes: (place) => {
			asked.push(place);
			return Promise.resolve(100e6);
		},
	});
	await expect(imported).rejects.toMatchObject({
		code: "diskFull",
		message: expect.stringMatching(/takes 0\.1 GB .* has 0\.1 GB left; free some/) as unknown,
	});
	expect(asked).toHaveLength(1);
	expect(await readdir(folder)).toEqual(["checkpoint"]);
});

describe("an import that is cancelled half way", () => {
	/** Of the weights that were written or found, one number a step; the first import ends behind 40 %. */
	const importUntil = async (limit: number): Promise<readonly number[]> => {
		const controller = new AbortController();
		const fractions: number[] = [];
		await importCheckpoint(checkpointPath(), join(folder, "model"), {
			quantization: "int4",
			signal: controller.signal,
			onProgress: (fraction) => {
				fractions.push(fraction);
				if (fraction > limit) {
					controller.abort(new Error("enough"));
				}
			},
		}).catch((error: unknown) => {
			expect(error).toEqual(new Error("enough"));
		});
		return fractions;
	};
	const partialFolders = async (): Promise<readonly string[]> =>
		(await readdir(folder)).filter((name) => name.startsWith("model.partial-"));
	const manifestOf = (name: string): Promise<string> =>
		readFile(join(folder, name, "mote-model.json"), "utf8");

	beforeEach(async () => {
		await writeCheckpoint();
	});

	test("ends at once, and the next one gives the model that one import gives", async () => {
		const fractions = await importUntil(0.4);
		expect(fractions.filter((fraction) => fraction > 0.4)).toHaveLength(1);
		const [partial = ""] = await partialFolders();
		const journal = await readFile(join(folder, partial, "weights.journal"), "utf8");
		expect(journal.trim().split("\n")).toHaveLength(fractions.length);
		const resumed = await importUntil(2);
		expect(resumed.slice(0, fractions.length)).toEqual(fractions);
		expect(await partialFolders()).toEqual([]);
		await importCheckpoint(checkpointPath(), join(folder, "whole"), { quantization: "int4" });
		expect(await manifestOf("model")).toBe(await manifestOf("whole"));
		await openModel(join(folder, "model"));
		expect((await readdir(join(folder, "model"))).toSorted()).toEqual(
			(await readdir(join(folder, "whole"))).toSorted(),
		);
	});

	test.each([
		["a byte of the weights is another", "weights.bin", 70_000],
		["the journal is damaged", "weights.journal", 150],
	])("is not believed where %s", async (_, name, offset) => {
		await importUntil(0.9);
		const [partial = ""] = await partialFolders();
		const path = join(folder, partial, name);
		const bytes = await readFile(path);
		bytes[offset] = (bytes[offset] ?? 0) ^ 1;
		await writeFile(path, bytes);
		await importUntil(2);
		await importCheckpoint(checkpointPath(), join(folder, "whole"), { quantization: "int4" });
		await openModel(join(folder, "model"));
		expect(await manifestOf("model")).toBe(await manifestOf("whole"));
	});

	test("is no beginning for one of another checkpoint", async () => {
		await importUntil(0.4);
		const left = await partialFolders();
		await writeCheckpoint({ seed: 2 });
		await importUntil(2);
		expect(await partialFolders()).toEqual(left);
		await openModel(join(folder, "model"));
	});

	test("is left alone while a process writes it", async () => {
		await importUntil(0.4);
		const [partial = ""] = await partialFolders();
		const owner = join(folder, partial, "import.json");
		const text = await readFile(owner, "utf8");
		await writeFile(owner, text.replace('"pid":0', `"pid":${process.pid}`));
		await importUntil(2);
		expect(await partialFolders()).toEqual([partial]);
	});
});

test("an import never touches an output folder that is in use", async () => {
	await writeCheckpoint();
	await mkdir(join(folder, "model"));
	await writeFile(join(folder, "model", "mine.txt"), "mine");
	await expect(importTo()).rejects.toMatchObject({ code: "outputUnusable" });
	expect(await readdir(join(folder, "model"))).toEqual(["mine.txt"]);
});
