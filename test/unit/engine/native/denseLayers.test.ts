import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { importCheckpoint } from "../../../../src/importer/importCheckpoint.ts";
import { openAddonBackend } from "../../../support/addonBackend.ts";
import { someTokens } from "../../../support/engineRequests.ts";
import { GraphRunner } from "../../../support/graphRunner.ts";
import { tinyConfigs, writeRandomDecoder } from "../../../support/randomDecoder.ts";
import { relativeError } from "../../../support/relativeError.ts";

let root: string;
beforeAll(async () => {
	root = await mkdtemp(join(tmpdir(), "mote-dense-"));
});
afterAll(() => rm(root, { recursive: true }));

test("a decoder of dense layers has on the addon the logits of the runtime, up to the rounding of activations", async () => {
	const folder = join(root, "model");
	await writeRandomDecoder(join(root, "checkpoint"), tinyConfigs.qwen3);
	await importCheckpoint(join(root, "checkpoint"), folder, { quantization: "int4" });
	const passes = [33, 1, 3, 13];
	const length = passes.reduce((sum, rows) => sum + rows, 0);
	const prompt = someTokens(length, 5, 500);
	const runner = await GraphRunner.load(folder, length);
	const expected = await runner.run(prompt, length);
	await runner.dispose();
	const backend = await openAddonBackend(folder, { kvCache: "float32" });
	const cache = backend.createKvCache(length);
	const actual: Float32Array[] = [];
	for (const rows of passes) {
		const pass = prompt.slice(actual.length, actual.length + rows);
		const logits = await backend.forward(cache, pass, rows);
		actual.push(...Array.from(pass, (_, row) => logits.row(row).slice()));
	}
	cache.dispose();
	await backend.dispose();
	expect(relativeError(actual, expected)).toBeLessThan(0.03);
});
