import { join } from "node:path";
import { expect, test } from "vitest";
import { randomTokens } from "../../../bench/gpu/benchTokens.ts";
import { promptRows } from "../../../bench/gpu/promptRows.ts";
import { RandomTensors } from "../../../bench/gpu/randomTensors.ts";
import { layersIn, shapedCheckpoint } from "../../../bench/gpu/shapedCheckpoint.ts";
import { importSource } from "../../../src/importer/importCheckpoint.ts";
import { openModel } from "../../../src/model/modelStore.ts";
import { tinyConfigs } from "../../support/randomDecoder.ts";
import { tinyShape } from "../../support/randomCheckpoint.ts";
import { TemporaryFolder } from "../../support/temporaryFolder.ts";
import { openBackend } from "../../support/tinyModel.ts";

const tensors = new RandomTensors(1);
const columns = 1024;

/** Of some rows of a matrix that is read in several pieces. */
async function valuesOf(
	source: RandomTensors,
	name: string,
	start = 0,
	end = 700,
): Promise<Float32Array> {
	const values = new Float32Array((end - start) * columns);
	let length = 0;
	for await (const rows of source.readRows(name, [700, columns], { start, end })) {
		values.set(rows, length);
		length += rows.length;
	}
	expect(length).toBe(values.length);
	return values;
}

test("random tensors are the same for the same seed and name, and others otherwise", async () => {
	const values = await valuesOf(tensors, "a.weight", 0, 2);
	expect(await valuesOf(new RandomTensors(1), "a.weight", 0, 2)).toEqual(values);
	expect(await valuesOf(new RandomTensors(2), "a.weight", 0, 2)).not.toEqual(values);
	expect(await valuesOf(tensors, "b.weight", 0, 2)).not.toEqual(values);
});

test("some rows of a random matrix are those of the whole, each with values of its own", async () => {
	const values = await valuesOf(tensors, "a.weight");
	const [first, second] = [300, 301].map((row) =>
		values.subarray(row * columns, (row + 1) * columns),
	);
	expect(await valuesOf(tensors, "a.weight", 300, 301)).toEqual(first);
	expect(await valuesOf(tensors, "a.weight", 301, 302)).toEqual(second);
	expect(first).not.toEqual(second);
});

test("random matrices keep the size of what they multiply", async () => {
	const values = await valuesOf(tensors, "a.weight");
	const meanSquare = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
	expect(meanSquare * columns).toBeCloseTo(1, 1);
	const norm = await tensors.read("norm.weight", [1000]);
	expect(norm.reduce((sum, value) => sum + value, 0) / 1000).toBeCloseTo(1, 1);
});

const shaped = { name: "tiny", seed: 1 };
const experts = { ...tinyShape, model_type: "qwen3_moe", num_hidden_layers: 6 };

test("a shaped model has the layers and tokens that were asked for, says so, and runs", async () => {
	using folder = new TemporaryFolder();
	const out = join(folder.path, "model");
	const checkpoint = shapedCheckpoint(experts, { ...shaped, layers: 2, vocabulary: 600 });
	await importSource(checkpoint, out, { quantization: "int4", contextLength: 128 });
	const { manifest, halfGraphPath, denseGraphPath, nativeGraphPath } = await openModel(out);
	expect(manifest).toMatchObject({ layers: 2, vocabularySize: 600, contextLength: 128 });
	expect(layersIn(manifest.name)).toEqual({ shape: "tiny", layers: 2, all: 6 });
	expect([halfGraphPath, denseGraphPath, nativeGraphPath]).not.toContain(undefined);

	const backend = await openBackend(out);
	const { prompts } = randomTokens(manifest.vocabularySize, 1);
	const rows = await promptRows(backend, prompts[0] ?? []);
	expect(rows).toHaveLength(8);
	for (const row of rows) {
		expect(row).toHaveLength(600);
		expect(row.every(Number.isFinite)).toBe(true);
	}
	await backend.dispose();
});

test("a shape without experts can be made too", async () => {
	using folder = new TemporaryFolder();
	const out = join(folder.path, "model");
	const checkpoint = shapedCheckpoint(tinyConfigs.qwen2, { ...shaped, layers: 1 });
	await importSource(checkpoint, out, { quantization: "int4" });
	expect((await openModel(out)).manifest).toMatchObject({ layers: 1, vocabularySize: 512 });
});
