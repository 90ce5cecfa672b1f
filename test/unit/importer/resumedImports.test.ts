import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { importCheckpoint } from "../../../src/importer/importCheckpoint.ts";
import { openModel } from "../../../src/model/modelStore.ts";
import { oneLayer, useImportFolder } from "../../support/importFolder.ts";
import { writeRandomCheckpoint } from "../../support/randomCheckpoint.ts";
import { qwen3MoeGguf, tokenizerMetadata } from "../../support/randomGguf.ts";
import { tinyTokenizerJson } from "../../support/tinyTokenizer.ts";

const folder = useImportFolder();
const { checkpointPath, writeCheckpoint } = folder;

describe("an import that is cancelled half way", () => {
	/** Of the weights that were written or found, one number a step; the first import ends behind 40 %. */
	const importUntil = async (
		limit: number,
		from = checkpointPath(),
	): Promise<readonly number[]> => {
		const controller = new AbortController();
		const fractions: number[] = [];
		await importCheckpoint(from, join(folder.path, "model"), {
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
		(await readdir(folder.path)).filter((name) => name.startsWith("model.partial-"));
	const manifestOf = (name: string): Promise<string> =>
		readFile(join(folder.path, name, "mote-model.json"), "utf8");

	beforeEach(async () => {
		await writeCheckpoint();
	});

	test("ends at once, and the next one gives the model that one import gives", async () => {
		const fractions = await importUntil(0.4);
		expect(fractions.filter((fraction) => fraction > 0.4)).toHaveLength(1);
		const [partial = ""] = await partialFolders();
		const journal = await readFile(join(folder.path, partial, "weights.journal"), "utf8");
		expect(journal.trim().split("\n")).toHaveLength(fractions.length);
		const resumed = await importUntil(2);
		expect(resumed.slice(0, fractions.length)).toEqual(fractions);
		expect(await partialFolders()).toEqual([]);
		await importCheckpoint(checkpointPath(), join(folder.path, "whole"), { quantization: "int4" });
		expect(await manifestOf("model")).toBe(await manifestOf("whole"));
		await openModel(join(folder.path, "model"));
		expect((await readdir(join(folder.path, "model"))).toSorted()).toEqual(
			(await readdir(join(folder.path, "whole"))).toSorted(),
		);
	});

	test.each([
		["a byte of the weights is another", "weights.bin", 70_000],
		["the journal is damaged", "weights.journal", 150],
	])("is not believed where %s", async (_, name, offset) => {
		await importUntil(0.9);
		const [partial = ""] = await partialFolders();
		const path = join(folder.path, partial, name);
		const bytes = await readFile(path);
		bytes[offset] = (bytes[offset] ?? 0) ^ 1;
		await writeFile(path, bytes);
		await importUntil(2);
		await importCheckpoint(checkpointPath(), join(folder.path, "whole"), { quantization: "int4" });
		await openModel(join(folder.path, "model"));
		expect(await manifestOf("model")).toBe(await manifestOf("whole"));
	});

	test("is no beginning for one of another checkpoint", async () => {
		await importUntil(0.4);
		const left = await partialFolders();
		await writeCheckpoint({ seed: 2 });
		await importUntil(2);
		expect(await partialFolders()).toEqual(left);
		await openModel(join(folder.path, "model"));
	});

	test("of a GGUF file is gone on with, and not where the file has changed", async () => {
		const { shape, tensors } = await writeRandomCheckpoint(checkpointPath(), { shape: oneLayer });
		const file = join(folder.path, "m.gguf");
		const metadata = tokenizerMetadata(tinyTokenizerJson(), shape.vocab_size, "gpt-2");
		const published = { "tokenizer.huggingface.json": [8, tinyTokenizerJson()] } as const;
		const write = (): Promise<void> =>
			writeFile(file, qwen3MoeGguf(shape, tensors, { ...metadata, ...published }));
		const weightsIn = async (name: string): Promise<number> =>
			(await stat(join(folder.path, name, "weights.bin"))).ino;

		await write();
		await importUntil(0.4, file);
		const [partial = ""] = await partialFolders();
		const begun = await weightsIn(partial);
		await importUntil(2, file);
		expect(await weightsIn("model")).toBe(begun);

		await rm(join(folder.path, "model"), { recursive: true });
		await importUntil(0.4, file);
		const left = await partialFolders();
		tensors.get("model.norm.weight")?.values.fill(1);
		await write();
		await importUntil(2, file);
		expect(await partialFolders()).toEqual(left);
		await openModel(join(folder.path, "model"));
	});

	test("is left alone while a process writes it", async () => {
		await importUntil(0.4);
		const [partial = ""] = await partialFolders();
		const owner = join(folder.path, partial, "import.json");
		const text = await readFile(owner, "utf8");
		await writeFile(owner, text.replace('"pid":0', `"pid":${process.pid}`));
		await importUntil(2);
		expect(await partialFolders()).toEqual([partial]);
	});
});
