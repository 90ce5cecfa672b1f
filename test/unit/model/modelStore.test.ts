import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { importCheckpoint } from "../../../src/importer/importCheckpoint.ts";
import { openModel, type OpenModelOptions } from "../../../src/model/modelStore.ts";
import { writeRandomCheckpoint } from "../../support/randomCheckpoint.ts";

let root: string;
let folder: string;
let nextModel = 0;

beforeAll(async () => {
	root = await mkdtemp(join(tmpdir(), "mote-store-"));
	await writeRandomCheckpoint(join(root, "checkpoint"), {
		shape: { num_hidden_layers: 1, num_experts: 2 },
	});
});
afterAll(() => rm(root, { recursive: true }));
beforeEach(async () => {
	folder = join(root, `model-${nextModel++}`);
	await importCheckpoint(join(root, "checkpoint"), folder, { quantization: "int4" });
});

const refusal = async (options?: OpenModelOptions): Promise<[unknown, string]> => {
	const error: unknown = await openModel(folder, options).catch((caught: unknown) => caught);
	const { code, message } = error as { code: unknown; message: string };
	expect(message).toMatch(/^[^\n]+; [^\n]+\.$/);
	expect(message.length).toBeLessThan(1000);
	return [code, message];
};

async function flipByte(path: string): Promise<void> {
	const bytes = await readFile(path);
	bytes.writeUInt8(bytes.readUInt8(1000) ^ 1, 1000);
	await writeFile(path, bytes);
}

async function changeManifest(change: (manifest: Record<string, unknown>) => void): Promise<void> {
	const path = join(folder, "mote-model.json");
	const manifest = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
	change(manifest);
	await writeFile(path, JSON.stringify(manifest));
}

describe("openModel", () => {
	test("gives the manifest and the absolute paths of a sound model", async () => {
		const model = await openModel(folder);
		expect({ ...model, manifest: model.manifest.name }).toEqual({
			manifest: "tiny",
			graphPath: join(folder, "model.onnx"),
			portableGraphPath: join(folder, "model-portable.onnx"),
			nativeGraphPath: join(folder, "model-native.onnx"),
			denseGraphPath: join(folder, "model-dense.onnx"),
			halfGraphPath: join(folder, "model-half.onnx"),
			weightsPath: join(folder, "weights.bin"),
			tokenizerPath: join(folder, "tokenizer.json"),
		});
	});

	test("gives no paths of graphs that the manifest doesn't name", async () => {
		await changeManifest((manifest) => {
			const files = manifest["files"] as Record<string, unknown>;
			delete files["portableGraph"];
			delete files["nativeGraph"];
			delete files["denseGraph"];
			delete files["halfGraph"];
		});
		const { portableGraphPath, nativeGraphPath, denseGraphPath, halfGraphPath } =
			await openModel(folder);
		const paths = [portableGraphPath, nativeGraphPath, denseGraphPath, halfGraphPath];
		expect(paths).toEqual([undefined, undefined, undefined, undefined]);
	});

	test("reports a missing folder", async () => {
		await rm(folder, { recursive: true });
		expect(await refusal()).toEqual(["modelMissing", expect.stringContaining("mote-model.json")]);
	});

	test("reports a missing file", async () => {
		await rm(join(folder, "weights.bin"));
		expect(await refusal()).toEqual(["modelMissing", expect.stringContaining("weights.bin")]);
	});

	test("reports a truncated file without reading it", async () => {
		await truncate(join(folder, "weights.bin"), 1000);
		const [code, message] = await refusal({ verify: "sizes" });
		expect([code, message]).toEqual(["modelAltered", expect.stringContaining("has 1000 bytes")]);
	});

	test("reports a file that has grown", async () => {
		await appendFile(join(folder, "tokenizer.json"), " ");
		expect(await refusal()).toEqual(["modelAltered", expect.stringContaining("tokenizer.json")]);
	});

	test("finds a single altered byte in any file when it verifies checksums", async () => {
		for (const name of [
			"model.onnx",
			"model-portable.onnx",
			"model-native.onnx",
			"model-dense.onnx",
			"model-half.onnx",
			"weights.bin",
			"tokenizer.json",
		]) {
			const path = join(folder, name);
			await flipByte(path);
			expect(await refusal()).toEqual(["modelAltered", expect.stringContaining(name)]);
			await openModel(folder, { verify: "sizes" });
			await flipByte(path);
			await openModel(folder);
		}
	});

	const manifests: Record<string, (manifest: Record<string, unknown>) => void> = {
		"of another version": (manifest) => (manifest["formatVersion"] = 2),
		"with an unknown field": (manifest) => (manifest["command"] = "rm"),
		"without stop tokens": (manifest) => (manifest["stopTokens"] = []),
		"with something wrong in every place of a list": (manifest) => {
			const files = manifest["files"] as Record<string, unknown>;
			files["moreWeights"] = new Array<number>(60).fill(7);
		},
		"that points outside of its folder": (manifest) => {
			const files = manifest["files"] as Record<string, Record<string, unknown>>;
			files["graph"] = { ...files["graph"], name: "../other/model.onnx" };
		},
	};
	test.each(Object.entries(manifests))("refuses a manifest %s", async (_, change) => {
		await changeManifest(change);
		expect(await refusal()).toEqual(["modelInvalid", expect.any(String)]);
	});

	test("refuses a manifest that is not JSON, or is huge", async () => {
		await writeFile(join(folder, "mote-model.json"), "not JSON");
		expect(await refusal()).toEqual(["modelInvalid", expect.stringContaining("not JSON")]);
		await writeFile(join(folder, "mote-model.json"), " ".repeat(1_2_000_000));
		expect(await refusal()).toEqual([
			"modelInvalid",
			expect.stringContaining("more than 1000000 bytes"),
		]);
	});
});
