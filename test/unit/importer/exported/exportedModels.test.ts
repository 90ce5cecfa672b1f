import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Backend } from "../../../../src/engine/backend.ts";
import { importCheckpoint } from "../../../../src/importer/importCheckpoint.ts";
import { openModel } from "../../../../src/model/modelStore.ts";
import { tokens as tokenIds } from "../../../support/engineRequests.ts";
import { writeExportedDecoder, type ExportOptions } from "../../../support/exportedDecoder.ts";
import { tinyConfigs, type DecoderTensors } from "../../../support/randomDecoder.ts";
import { decoderLogits, type ReferenceConfig } from "../../../support/referenceDecoder.ts";
import { throughQ4 } from "../../../support/referenceModel.ts";
import { relativeError } from "../../../support/relativeError.ts";
import { TemporaryFolder } from "../../../support/temporaryFolder.ts";
import { openBackend } from "../../../support/tinyModel.ts";

const { llama, qwen2 } = tinyConfigs;
const tokens = tokenIds(...Array.from({ length: 40 }, (_, i) => (i * 37 + 11) % 512));

const optimum: ExportOptions = {
	path: "onnx/model.onnx",
	attention: "plain",
	weights: "external",
};
const genai: ExportOptions = {
	path: "decoder.onnx",
	attention: "grouped",
	weights: "external",
	pastName: (layer, part) => `cache_${layer}_${part}`,
	presentName: (layer, part) => `next_${layer}_${part}`,
};

const genaiConfig = {
	model: {
		type: "qwen2",
		context_length: 200,
		vocab_size: 512,
		bos_token_id: 0,
		eos_token_id: [0],
		decoder: {
			filename: "decoder.onnx",
			head_size: 16,
			num_hidden_layers: 2,
			num_key_value_heads: 2,
			inputs: {
				input_ids: "input_ids",
				attention_mask: "attention_mask",
				position_ids: "position_ids",
				past_key_names: "cache_%d_key",
				past_value_names: "cache_%d_value",
			},
			outputs: {
				logits: "logits",
				present_key_names: "next_%d_key",
				present_value_names: "next_%d_value",
			},
		},
	},
	search: {},
};

interface Variant {
	readonly config: ReferenceConfig;
	readonly options: ExportOptions;
	readonly isGenai?: boolean;
	readonly quantization?: string;
}
const variants: Readonly<Record<string, Variant>> = {
	"Transformers.js, llama": { config: llama, options: optimum },
	"Transformers.js, qwen2, with its weights in the graph and integers of 32 bits": {
		config: qwen2,
		options: { ...optimum, weights: "inline", integers: "int32" },
	},
	"Transformers.js, qwen2, in int4": {
		config: qwen2,
		options: { ...optimum, path: "onnx/model_q4.onnx", weights: "external int4" },
		quantization: "int4",
	},
	"Transformers.js, which asks how many rows of logits are wanted": {
		config: llama,
		options: { ...optimum, logits: "wanted" },
	},
	"Optimum, merged of two branches": {
		config: llama,
		options: { ...optimum, path: "decoder_model_merged.onnx", isMerged: true },
	},
	"onnxruntime-genai, qwen2": { config: qwen2, options: genai, isGenai: true },
	"onnxruntime-genai, llama in int4, with the logits of the last row only": {
		config: llama,
		options: { ...genai, weights: "external int4", logits: "last" },
		isGenai: true,
		quantization: "int4",
	},
};

/** The linear layers as an int4 graph has them; the embedding stays as it is. */
function quantized(tensors: DecoderTensors): DecoderTensors {
	const through = [...tensors].map(([name, tensor]) => {
		const isLinear = /_proj\.weight$|lm_head/.test(name);
		return [name, isLinear ? throughQ4(tensor) : tensor] as const;
	});
	return new Map(through);
}

describe.each(Object.entries(variants))("an exported model runs as it is: %s", (_, variant) => {
	const { config, options, isGenai = false, quantization = "fp32" } = variant;
	let folder: TemporaryFolder;
	let backend: Backend;
	let expected: readonly Float64Array[];

	beforeAll(async () => {
		folder = new TemporaryFolder();
		const from = join(folder.path, "export");
		// A tied output layer is quantized and the embedding isn't, so the reference has them apart.
		const untied = { ...config, tie_word_embeddings: false };
		const tensors = await writeExportedDecoder(from, untied, [options]);
		if (isGenai) {
			await writeFile(join(from, "genai_config.json"), JSON.stringify(genaiConfig));
		}
		await importCheckpoint(from, join(folder.path, "model"), { quantization: "int4" });
		const weights = quantization === "int4" ? quantized(tensors) : tensors;
		expected = decoderLogits(untied, weights, tokens);
		backend = await openBackend(join(folder.path, "model"));
	});
	afterAll(async () => {
		await backend.dispose();
		folder[Symbol.dispose]();
	});

	/** Logits of every row, in chunks. */
	async function logitsOf(
		chunk: number,
		kv = backend.createKvCache(tokens.length),
	): Promise<Float32Array[]> {
		const rows: Float32Array[] = [];
		while (kv.length < tokens.length) {
			const part = tokens.slice(kv.length, kv.length + chunk);
			const logits = await backend.forward(kv, part, part.length);
			rows.push(...part.map((__, i) => Float32Array.from(logits.row(i))));
		}
		return rows;
	}

	test("its manifest says what it is", async () => {
		const { manifest } = await openModel(join(folder.path, "model"));
		const { architecture, layers, kvHeads, headDim, vocabularySize, contextLength, fim } = manifest;
		expect({ architecture, layers, kvHeads, headDim, vocabularySize, contextLength }).toEqual({
			architecture: config.model_type,
			layers: 2,
			kvHeads: 2,
			headDim: 16,
			vocabularySize: 512,
			contextLength: isGenai ? 200 : 256,
		});
		expect([manifest.quantization, manifest.name, fim?.prefix]).toEqual([
			quantization,
			"tiny",
			"<|fim_prefix|>",
		]);
	});

	test("its logits are those of the reference, at once, in chunks and token by token", async () => {
		for (const chunk of [tokens.length, 7, 1]) {
			expect(relativeError(await logitsOf(chunk), expected)).toBeLessThan(1e-5);
		}
	});

	test("a pass gives the rows that were asked for, behind others or none", async () => {
		const kv = backend.createKvCache(tokens.length);
		expect((await backend.forward(kv, tokens.slice(0, 9), 0)).rows).toBe(0);
		const middle = await backend.forward(kv, tokens.slice(9, 30), 3);
		expect(middle.rows).toBe(3);
		const rows = [0, 1, 2].map((i) => middle.row(i));
		expect(relativeError(rows, expected.slice(27, 30))).toBeLessThan(1e-5);
	});

	test("a cache that was rewound, copied or kept elsewhere is as good as a fresh one", async () => {
		const kv = backend.createKvCache(tokens.length);
		await backend.forward(kv, [...tokens.slice(0, 12), ...tokens.slice(0, 20)], 1);
		kv.rewindTo(12);
		const copy = kv.copyPrefix(12, tokens.length);
		const bytes = new Uint8Array(backend.kvLayout.prefixBytes(12));
		kv.readPrefix(12, 0, bytes);
		const restored = backend.createKvCache(tokens.length);
		restored.writePrefix(12, 0, bytes);
		restored.markFilled(12);
		for (const cache of [kv, copy, restored]) {
			expect(relativeError(await logitsOf(64, cache), expected.slice(12))).toBeLessThan(1e-5);
		}
	});
});
