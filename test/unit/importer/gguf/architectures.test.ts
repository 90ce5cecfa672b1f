import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ggufCheckpoint } from "../../../../src/importer/gguf/ggufCheckpoint.ts";
import { importCheckpoint } from "../../../../src/importer/importCheckpoint.ts";
import { openModel } from "../../../../src/model/modelStore.ts";
import { decoderGguf } from "../../../support/decoderGguf.ts";
import { ggufBytes } from "../../../support/ggufBytes.ts";
import { tinyNotes } from "../../../support/randomCheckpoint.ts";
import { tinyConfigs, writeRandomDecoder } from "../../../support/randomDecoder.ts";
import { float32Tensor, tokenizerMetadata } from "../../../support/randomGguf.ts";
import type { ReferenceConfig } from "../../../support/referenceDecoder.ts";
import { TemporaryFolder } from "../../../support/temporaryFolder.ts";
import { tinyTokenizerJson } from "../../../support/tinyTokenizer.ts";

const { llama, qwen2, qwen3, deepseek_v2: deepseek } = tinyConfigs;

/** Its pairs turn in waves of 6 to 97,000 positions: all three kinds. */
const llama31: ReferenceConfig = {
	...llama,
	rope_theta: 500_000,
	rope_scaling: {
		rope_type: "llama3",
		factor: 8,
		low_freq_factor: 1,
		high_freq_factor: 4,
		original_max_position_embeddings: 8192,
	},
};

const configs: Readonly<Record<string, ReferenceConfig>> = {
	llama,
	"llama with positions that are slowed down alike": {
		...llama,
		rope_scaling: { type: "linear", factor: 4 },
	},
	"llama with the rotation of Llama 3.1": llama31,
	qwen2,
	"qwen2 with YaRN": {
		...qwen2,
		rope_scaling: { type: "yarn", factor: 4, original_max_position_embeddings: 16 },
	},
	qwen3,
	deepseek_v2: deepseek,
	"deepseek_v2 with compressed queries": { ...deepseek, q_lora_rank: 32 },
};

describe("a GGUF file becomes the very model folder that its checkpoint becomes:", () => {
	test.each(Object.entries(configs))("%s", async (_, config) => {
		using folder = new TemporaryFolder();
		const path = (name: string): string => join(folder.path, name);
		const tensors = await writeRandomDecoder(path("checkpoint"), config);
		const gguf = decoderGguf(config, tensors, {
			...tokenizerMetadata(tinyTokenizerJson(), config.vocab_size, "gpt-2"),
			"tokenizer.huggingface.json": [8, tinyTokenizerJson()],
			"mote.notes": [8, JSON.stringify(tinyNotes)],
		});
		await writeFile(path("m.gguf"), gguf);
		await importCheckpoint(path("checkpoint"), path("expected"), { quantization: "int4" });
		await importCheckpoint(path("m.gguf"), path("model"), { quantization: "int4" });
		const { manifest } = await openModel(path("model"));
		expect(manifest).toEqual((await openModel(path("expected"))).manifest);
		expect(manifest.architecture).toBe(config.model_type);
	});
});

test("factors of frequencies that follow from nothing published are refused", async () => {
	using folder = new TemporaryFolder();
	const tensors = await writeRandomDecoder(join(folder.path, "checkpoint"), llama);
	const scaling = { ...llama31.rope_scaling, high_freq_factor: 3 };
	const gguf = decoderGguf({ ...llama31, rope_scaling: scaling }, tensors, {});
	folder.write("m.gguf", gguf);
	await expect(ggufCheckpoint(join(folder.path, "m.gguf"))).rejects.toMatchObject({
		code: "checkpointUnsupported",
		message: expect.stringContaining("factors other than those of Llama 3") as unknown,
	});
});

describe("what a file names as markers of fill-in-the-middle", () => {
	const fimOf = async (tokens: readonly string[]): Promise<unknown> => {
		using folder = new TemporaryFolder({
			"m.gguf": ggufBytes({
				metadata: {
					"general.architecture": [8, "llama"],
					"llama.context_length": [4, 64],
					"llama.embedding_length": [4, 8],
					"llama.block_count": [4, 1],
					"llama.feed_forward_length": [4, 8],
					"llama.attention.head_count": [4, 2],
					"llama.attention.layer_norm_rms_epsilon": [6, 1e-5],
					"tokenizer.ggml.model": [8, "gpt2"],
					"tokenizer.ggml.pre": [8, "llama-bpe"],
					"tokenizer.ggml.tokens": [9, 8, tokens],
					"tokenizer.ggml.merges": [9, 8, []],
					"tokenizer.ggml.bos_token_id": [4, 0],
					"tokenizer.ggml.eos_token_id": [4, 1],
					"tokenizer.ggml.fim_pre_token_id": [4, 2],
					"tokenizer.ggml.fim_suf_token_id": [4, 3],
					"tokenizer.ggml.fim_mid_token_id": [4, 4],
				},
				tensors: [float32Tensor("token_embd.weight", [tokens.length, 8], new Float32Array(40))],
			}),
		});
		const checkpoint = await ggufCheckpoint(join(folder.path, "m.gguf"));
		return JSON.parse((await checkpoint.text("mote.json", 10_000)) ?? "") as unknown;
	};

	test("goes in the order of its family, behind the token that its prompts start with", async () => {
		const bos = "<[begin▁of▁sentence]>";
		const eos = "<[end▁of▁sentence]>";
		const markers = ["<[fim-prefix]>", "<[fim-suffix]>", "<[fim-middle]>"] as const;
		const [prefix, suffix, middle] = markers;
		expect(await fimOf([bos, eos, ...markers])).toEqual({
			endOfText: eos,
			order: "spm",
			fim: { prefix, suffix, middle, start: bos, endOfText: eos },
		});
	});

	test("goes prefix first where its family isn't known", async () => {
		expect(await fimOf(["<s>", "</s>", "<a>", "<b>", "<c>"])).toEqual({
			endOfText: "</s>",
			fim: { prefix: "<a>", suffix: "<b>", middle: "<c>", endOfText: "</s>" },
		});
	});
});
