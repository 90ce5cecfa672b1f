import { mkdir, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { importCheckpoint } from "../../../src/importer/importCheckpoint.ts";
import { oneLayer, useImportFolder } from "../../support/importFolder.ts";
import {
	safetensorsFile,
	tinyNotes,
	writeRandomCheckpoint,
} from "../../support/randomCheckpoint.ts";

const folder = useImportFolder();
const { checkpointPath, writeCheckpoint } = folder;
const importTo = (quantization: "int4" | "fp32" = "int4"): Promise<void> =>
	importCheckpoint(checkpointPath(), join(folder.path, "model"), { quantization });

describe("an import that fails says why in one sentence and leaves nothing behind:", () => {
	const refusal = async (
		quantization: "int4" | "fp32" = "int4",
	): Promise<{ readonly code: unknown; readonly message: string }> => {
		const error: unknown = await importTo(quantization).catch((caught: unknown) => caught);
		expect((await readdir(folder.path)).filter((name) => name !== "checkpoint")).toEqual([]);
		expect(error).toMatchObject({ name: "UserError" });
		const { code, message } = error as { code: unknown; message: string };
		expect(message).toMatch(/^[^\n]+; [^\n]+\.$/);
		expect(message.length).toBeLessThan(1000);
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
		"rotary frequencies between bounds that don't follow one another": [
			{
				rope_scaling: {
					rope_type: "llama3",
					factor: 8,
					low_freq_factor: 4,
					high_freq_factor: 4,
					original_max_position_embeddings: 8192,
				},
			},
			"checkpointInvalid",
			"high_freq_factor isn't above low_freq_factor",
		],
		"a list with something wrong in every place": [
			{ mlp_only_layers: new Array<string>(900).fill("x") },
			"checkpointInvalid",
			"mlp_only_layers[0]",
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
	const imported = importCheckpoint(checkpointPath(), join(folder.path, "model"), {
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
	expect(await readdir(folder.path)).toEqual(["checkpoint"]);
});

test("an import never touches an output folder that is in use", async () => {
	await writeCheckpoint();
	await mkdir(join(folder.path, "model"));
	await writeFile(join(folder.path, "model", "mine.txt"), "mine");
	await expect(importTo()).rejects.toMatchObject({ code: "outputUnusable" });
	expect(await readdir(join(folder.path, "model"))).toEqual(["mine.txt"]);
});
