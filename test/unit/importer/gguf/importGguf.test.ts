import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { importCheckpoint } from "../../../../src/importer/importCheckpoint.ts";
import { openModel } from "../../../../src/model/modelStore.ts";
import { ggufBytes, type TypedValue } from "../../../support/ggufBytes.ts";
import { GraphRunner } from "../../../support/graphRunner.ts";
import { writeRandomCheckpoint, type RandomCheckpoint } from "../../../support/randomCheckpoint.ts";
import {
	qwen3MoeGguf,
	qwen3MoeMetadata,
	ggufTensors,
	tokenizerMetadata,
	float32Weights,
	type GgufWeights,
} from "../../../support/randomGguf.ts";
import { referenceLogits } from "../../../support/referenceModel.ts";
import { tinyTokenizerJson } from "../../../support/tinyTokenizer.ts";

let root: string;
let folder: string;
let nextFolder = 0;

beforeAll(async () => {
	process.env["ORT_USE_MLAS_Q4_GEMM_MOE"] = "1";
	root = await mkdtemp(join(tmpdir(), "mote-gguf-"));
});
afterAll(() => rm(root, { recursive: true }));
beforeEach(async () => {
	folder = join(root, String(nextFolder++));
	await mkdir(folder);
});

const path = (name: string): string => join(folder, name);
const notes = {
	name: "tiny",
	license: "MIT",
	fim: {
		prefix: "<|fim_prefix|>",
		suffix: "<|fim_suffix|>",
		middle: "<|fim_middle|>",
		file: "<|file|>",
		otherFile: "<|file|>",
		endOfText: "<|endoftext|>",
	},
};
const tokenizer: Readonly<Record<string, TypedValue>> = {
	...tokenizerMetadata(tinyTokenizerJson(), 512, "gpt-2"),
	"tokenizer.huggingface.json": [8, tinyTokenizerJson()],
	"tokenizer.ggml.eos_token_id": [4, 0],
	"tokenizer.ggml.fim_pre_token_id": [4, 3],
	"tokenizer.ggml.fim_suf_token_id": [4, 4],
	"tokenizer.ggml.fim_mid_token_id": [4, 5],
	"tokenizer.ggml.fim_sep_token_id": [4, 2],
};

describe("a GGUF file of random weights", () => {
	const checkpoint = (tied = true): Promise<RandomCheckpoint> =>
		writeRandomCheckpoint(path("checkpoint"), { notes, shape: { tie_word_embeddings: tied } });

	test.each([
		["int4", true],
		["int4", false],
		["fp32", true],
	] as const)(
		"in float32 becomes the very model folder that its checkpoint becomes (%s, tied: %s)",
		async (quantization, tied) => {
			const { shape, tensors } = await checkpoint(tied);
			const metadata = {
				...tokenizer,
				"tokenizer.chat_template": [8, "{{ bos_token }}<|repo|>{{ messages[0].content }}"],
			} as const;
			await writeFile(path("blob"), qwen3MoeGguf(shape, tensors, metadata));
			await writeFile(
				path("checkpoint/tokenizer_config.json"),
				JSON.stringify({
					chat_template: "{{ bos_token }}<|repo|>{{ messages[0].content }}",
					eos_token: "<|endoftext|>",
				}),
			);
			await importCheckpoint(path("checkpoint"), path("expected"), { quantization });
			await importCheckpoint(path("blob"), path("model"), { quantization });
			expect((await openModel(path("model"))).manifest).toEqual(
				(await openModel(path("expected"))).manifest,
			);
		},
	);

	test("in Q8_0 computes what its weights say, and what int4 rounds is said", async () => {
		const { shape, tensors } = await checkpoint();
		const bytes = qwen3MoeGguf(shape, tensors, tokenizer, q8Weights);
		await writeFile(path("model.gguf"), bytes);
		await importCheckpoint(path("model.gguf"), path("model"), { quantization: "fp32" });
		const runner = await GraphRunner.load(path("model"), 64);
		const tokens = Array.from({ length: 12 }, (_, i) => (i * 37 + 11) % 512);
		const rounded = new Map(
			[...tensors].map(([name, { shape: dims, values }]) => [
				name,
				{ shape: dims, values: isMatrix(name) ? throughQ8(values) : values },
			]),
		);
		const expected = referenceLogits(shape, rounded, tokens).flatMap((row) => Array.from(row));
		const found = (await runner.run(tokens, tokens.length)).flatMap((row) => Array.from(row));
		await runner.dispose();
		const largest = Math.max(...expected.map(Math.abs));
		const errors = found.map((value, i) => Math.abs(value - (expected[i] ?? NaN)) / largest);
		expect(errors).toHaveLength(expected.length);
		expect(Math.max(...errors)).toBeLessThan(1e-5);

		const notices: string[] = [];
		await importCheckpoint(path("model.gguf"), path("int4"), {
			quantization: "int4",
			onNotice: (sentence) => notices.push(sentence),
		});
		expect(notices).toEqual([
			"15 of the file's 17 matrices are stored in Q8_0 and are rounded anew to int4; 0 in Q4_0 stay exactly as they are.",
		]);
	});

	test("in parts, and in a folder of its own, is found from each part and from the folder", async () => {
		const { shape, tensors } = await checkpoint();
		const all = ggufTensors(tensors, float32Weights);
		const part = (no: number, more: Readonly<Record<string, TypedValue>> = {}): Buffer =>
			ggufBytes({
				metadata: {
					...more,
					"split.no": [2, no],
					"split.count": [2, 3],
					"split.tensors.count": [5, all.length],
				},
				tensors: all.filter((_, i) => i % 3 === no),
			});
		const name = (no: number): string => path(`parts/tiny-0000${no + 1}-of-00003.gguf`);
		await mkdir(path("parts"));
		await writeFile(name(0), part(0, { ...qwen3MoeMetadata(shape), ...tokenizer }));
		await writeFile(name(1), part(1));
		await writeFile(name(2), part(2));
		await importCheckpoint(path("checkpoint"), path("expected"), { quantization: "int4" });
		const { files } = (await openModel(path("expected"))).manifest;
		for (const [i, from] of [path("parts"), name(0), name(2)].entries()) {
			await importCheckpoint(from, path(`model-${i}`), { quantization: "int4" });
			expect((await openModel(path(`model-${i}`))).manifest.files).toEqual(files);
		}
		await rm(name(1));
		await expectRefusal(name(0), "checkpointInvalid", "all parts of a model");
		await writeFile(name(1), part(2));
		await expectRefusal(
			name(0),
			"checkpointInvalid",
			"another part of the model than its name says",
		);
		await writeFile(path("renamed.gguf"), await readFile(name(0)));
		await expectRefusal(path("renamed.gguf"), "checkpointUnsupported", "is one part of a model");
	});
});

describe("refused in one sentence, leaving nothing behind:", () => {
	const cases: Readonly<
		Record<string, readonly [Readonly<Record<string, TypedValue>>, string, string]>
	> = {
		"another architecture": [
			{ "general.architecture": [8, "gemma3"] },
			"checkpointUnsupported",
			'of the architecture "gemma3"',
		],
		"a layer count beyond every bound": [
			{ "qwen3moe.block_count": [4, 4_000_000_000] },
			"checkpointInvalid",
			"block_count",
		],
		"a size that isn't a number": [
			{ "qwen3moe.embedding_length": [8, "64"] },
			"checkpointInvalid",
			"embedding_length",
		],
		"more layers than there are": [
			{ "qwen3moe.block_count": [4, 3] },
			"checkpointInvalid",
			'"blk.2.attn_norm.weight", which is "model.layers.2.input_layernorm.weight"',
		],
		"a shape that isn't the metadata's": [
			{ "qwen3moe.expert_feed_forward_length": [4, 64] },
			"checkpointInvalid",
			"has the shape [4, 32, 64] where the metadata asks for [4, 64, 64]",
		],
		"heads of different numbers": [
			{ "qwen3moe.attention.head_count": [9, 4, [4, 2]] },
			"checkpointInvalid",
			"layers differ",
		],
		"scaled rotary positions": [
			{ "qwen3moe.rope.scaling.type": [8, "longrope"], "qwen3moe.rope.scaling.factor": [6, 2] },
			"checkpointUnsupported",
			"scaled rotary positions",
		],
		"a sliding window": [
			{ "qwen3moe.attention.sliding_window": [4, 512] },
			"checkpointUnsupported",
			"sliding-window attention",
		],
		SentencePiece: [
			{ "tokenizer.ggml.model": [8, "llama"] },
			"checkpointUnsupported",
			"tokenizer is SentencePiece",
		],
		"an unknown way to cut text": [
			{ "tokenizer.ggml.pre": [8, "unheard-of"], "tokenizer.huggingface.json": [8, "{}"] },
			"checkpointUnsupported",
			'isn\'t known ("unheard-of")',
		],
		"a vocabulary that the embedding is too small for": [
			{
				...tokenizerMetadata(tinyTokenizerJson(), 512, "gpt-2"),
				"tokenizer.huggingface.json": [8, ""],
				"tokenizer.ggml.tokens": [9, 8, [...tokensOf(512), "a", "b", "c"]],
				"tokenizer.ggml.token_type": [9, 5, [...Array<number>(512).fill(1), 3, 3, 3]],
			},
			"tokenizerInvalid",
			"tokenizer.json can't be used",
		],
	};
	test.each(Object.entries(cases))("%s", async (_, [metadata, code, part]) => {
		const { shape, tensors } = await writeRandomCheckpoint(path("checkpoint"), {
			shape: { num_hidden_layers: 2 },
		});
		await writeFile(path("m.gguf"), qwen3MoeGguf(shape, tensors, { ...tokenizer, ...metadata }));
		await expectRefusal(path("m.gguf"), code, part);
	});

	test("weights that aren't numbers", async () => {
		const { shape, tensors } = await writeRandomCheckpoint(path("checkpoint"));
		tensors.get("model.layers.1.self_attn.q_proj.weight")?.values.set([NaN]);
		await writeFile(path("m.gguf"), qwen3MoeGguf(shape, tensors, tokenizer));
		await expectRefusal(path("m.gguf"), "checkpointInvalid", '"blk.1.attn_q.weight" holds values');
	});

	test("a file of another kind, and a folder with two models", async () => {
		await writeFile(path("m.gguf"), "PK and so on");
		await expectRefusal(path("m.gguf"), "checkpointInvalid", "no checkpoint at");
		await mkdir(path("models"));
		await writeFile(path("models/a.gguf"), "");
		await writeFile(path("models/b.gguf"), "");
		await expectRefusal(path("models"), "checkpointInvalid", "several GGUF files (a.gguf, b.gguf)");
	});
});

async function expectRefusal(from: string, code: string, part: string): Promise<void> {
	const before = await readdir(folder);
	const error: unknown = await importCheckpoint(from, path("refused"), {
		quantization: "int4",
	}).catch((caught: unknown) => caught);
	expect(error).toMatchObject({ name: "UserError", code });
	const { message } = error as Error;
	expect(message).toMatch(/^[^\n]+; [^\n]+\.$/);
	expect(message).toContain(part);
	expect(await readdir(folder)).toEqual(before);
}

const isMatrix = (name: string): boolean => /_proj\.weight$|embed_tokens/.test(name);

function tokensOf(size: number): readonly string[] {
	const { "tokenizer.ggml.tokens": tokens } = tokenizerMetadata(tinyTokenizerJson(), size, "gpt-2");
	return (tokens?.[2] ?? []) as readonly string[];
}

/** Blocks of 32 with a scale that is a power of two, so that it is a half. */
const q8Weights: GgufWeights = {
	type: 8,
	encode: (values) => {
		const bytes = Buffer.alloc((values.length / 32) * 34);
		for (let block = 0; block < values.length / 32; block++) {
			const exponent = q8Exponent(values.subarray(block * 32, block * 32 + 32));
			bytes.writeUInt16LE((exponent + 15) << 10, block * 34);
			for (let i = 0; i < 32; i++) {
				const code = Math.round((values[block * 32 + i] ?? 0) / 2 ** exponent);
				bytes.writeInt8(code, block * 34 + 2 + i);
			}
		}
		return bytes;
	},
};

const q8Exponent = (block: Float32Array): number =>
	Math.ceil(Math.log2(Math.max(...block.map(Math.abs)) / 127));

function throughQ8(values: Float32Array): Float32Array {
	return values.map((value, i) => {
		const start = i - (i % 32);
		const scale = 2 ** q8Exponent(values.subarray(start, start + 32));
		return Math.round(value / scale) * scale;
	});
}
