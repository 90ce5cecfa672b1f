import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { measureKvRanges } from "../../../../src/engine/ort/measureKvRanges.ts";
import { openOrtBackend } from "../../../../src/engine/ort/ortBackend.ts";
import { bitsPerByte, scoreWindows } from "../../../../src/evaluation/textScore.ts";
import { importCheckpoint } from "../../../../src/importer/importCheckpoint.ts";
import type { KvCacheOption } from "../../../../src/importer/importOptions.ts";
import type { KvCacheFormat } from "../../../../src/model/manifest.ts";
import { openModel } from "../../../../src/model/modelStore.ts";
import { createTokenizer } from "../../../../src/tokenizer/bpeTokenizer.ts";
import { someTokens } from "../../../support/engineRequests.ts";
import { writeRandomCheckpoint } from "../../../support/randomCheckpoint.ts";
import { openBackend } from "../../../support/tinyModel.ts";

const repository = join(import.meta.dirname, "../../../..");
const formats = ["float32", "int8"] as const;

let root: string;

beforeAll(async () => {
	root = await mkdtemp(join(tmpdir(), "mote-kv-"));
	// Of one layer, so that a key depends on its token and position alone.
	await writeRandomCheckpoint(join(root, "checkpoint"), { shape: { num_hidden_layers: 1 } });
	await importCheckpoint(join(root, "checkpoint"), oneLayerFolder(), { quantization: "fp32" });
});
afterAll(() => rm(root, { recursive: true }));

const oneLayerFolder = (): string => join(root, "one-layer");

const kvOption = (format: KvCacheFormat): KvCacheOption =>
	format === "float32"
		? { kind: "float32" }
		: { kind: "int8", measure: (model, sequences) => measureKvRanges(model, sequences, 1) };

describe("with an int8 KV cache", () => {
	test.each([
		{ name: "a random model", shape: {} },
		{ name: "one of a single key head", shape: { num_key_value_heads: 1, head_dim: 64 } },
	])("$name has the logits of float32 within 2 % of the largest", async ({ name, shape }) => {
		const checkpoint = join(root, name);
		await writeRandomCheckpoint(checkpoint, { shape: { ...shape, max_position_embeddings: 512 } });
		const logits: Float32Array[] = [];
		for (const format of formats) {
			const folder = join(root, `${name}-${format}`);
			await importCheckpoint(checkpoint, folder, {
				quantization: "fp32",
				kvCache: kvOption(format),
			});
			const backend = await openBackend(folder);
			const tokens = someTokens(400, 5, 512);
			const cache = backend.createKvCache(100);
			await backend.forward(cache, tokens.slice(0, 100), 0);
			cache.grow(400);
			// What is rewound leaves nothing behind.
			await backend.forward(cache, someTokens(50, 9, 512), 0);
			cache.rewindTo(100);
			await backend.forward(cache, tokens.slice(100, 380), 0);
			const rows = await backend.forward(cache, tokens.slice(380), 20);
			logits.push(Float32Array.from(Array.from({ length: 20 }, (_, i) => [...rows.row(i)]).flat()));
			await backend.dispose();
		}
		const [float32 = new Float32Array(), int8 = new Float32Array()] = logits;
		const largest = float32.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
		const worst = float32.reduce(
			(most, value, i) => Math.max(most, Math.abs(value - (int8[i] ?? NaN))),
			0,
		);
		expect(float32).toHaveLength(20 * 512);
		expect(worst / largest).toBeLessThan(0.02);
		// Otherwise it would be float32 that was compared with itself.
		expect(worst).toBeGreaterThan(0);
	});

	test("the trained model loses less than 1 % in bits per byte", async () => {
		const scores: number[] = [];
		for (const format of formats) {
			const folder = join(root, `nano-${format}`);
			await importCheckpoint(join(repository, "training/checkpoints/mote-nano"), folder, {
				quantization: "int4",
				kvCache: kvOption(format),
			});
			const { tokenizerPath, manifest } = await openModel(folder);
			expect(manifest.kvCache).toBe(format);
			const tokenizer = createTokenizer(await readFile(tokenizerPath, "utf8"));
			// In no training set: this repository.
			const texts = await Promise.all(
				["src/importer/q4.ts", "training/train/model.py", "ARCHITECTURE.md"].map((file) =>
					readFile(join(repository, file), "utf8"),
				),
			);
			const windows = texts.map((text) => ({
				heading: [],
				tokens: tokenizer.encode(text).slice(0, 1024),
			}));
			const backend = await openBackend(folder);
			scores.push(bitsPerByte(await scoreWindows(windows, backend, tokenizer)));
			await backend.dispose();
		}
		const [float32 = NaN, int8 = NaN] = scores;
		expect(float32).toBeLessThan(4);
		expect(int8 / float32).toBeLessThan(1.01);
		expect(int8).not.toBe(float32);
	});
});

test("the ranges of keys do not depend on how far they are rotated", async () => {
	const { graphPath, manifest } = await openModel(oneLayerFolder());
	const measured = async (tokens: readonly number[]): Promise<readonly number[]> => {
		const [layer] = await measureKvRanges({ ...manifest, graphPath }, [tokens], 1);
		return [...(layer?.key ?? []), ...(layer?.value ?? [])];
	};
	const once = await measured([7]);
	const often = await measured(Array.from({ length: 200 }, () => 7));
	expect(once).toHaveLength(2 * manifest.kvHeads * manifest.headDim);
	const worst = Math.max(...once.map((range, i) => Math.abs(range - (often[i] ?? NaN)) / range));
	expect(worst).toBeLessThan(1e-5);
});

test("a manifest that says another cache than the graph has is refused when the model is loaded", async () => {
	const { graphPath, manifest } = await openModel(oneLayerFolder());
	await expect(
		openOrtBackend({ graphPath, manifest: { ...manifest, kvCache: "int8" }, threads: 1 }),
	).rejects.toMatchObject({ code: "runtimeFailed" });
});
