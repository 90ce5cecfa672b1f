import { truncateSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openLocalEngine } from "../../../src/engine/openLocalEngine.ts";
import { FakeClock } from "../../support/fakeClock.ts";
import { TemporaryFolder } from "../../support/temporaryFolder.ts";
import { testManifest } from "../../support/testModel.ts";

const weightsBytes = 40e9;

/** A model with 40 GB of zeros for weights, of which the disk holds none; no checksum of it is right. */
function largeModel(): TemporaryFolder {
	const empty = { bytes: 0, sha256: "0".repeat(64) };
	const files = {
		graph: { ...empty, name: "model.onnx" },
		weights: { ...empty, name: "weights.bin", bytes: weightsBytes },
		tokenizer: { ...empty, name: "tokenizer.json" },
	};
	const folder = new TemporaryFolder({
		"mote-model.json": JSON.stringify({ ...testManifest, files }),
		"model.onnx": "",
		"weights.bin": "",
		"tokenizer.json": "",
	});
	truncateSync(join(folder.path, "weights.bin"), weightsBytes);
	return folder;
}

test("a model that the machine has no memory for is refused before a byte of it is read", async () => {
	using folder = largeModel();
	const opening = openLocalEngine({
		modelFolder: folder.path,
		clock: new FakeClock(),
		freeBytes: () => 8e9,
	});
	await expect(opening).rejects.toMatchObject({
		code: "notEnoughMemory",
		message: expect.stringContaining("needs about 51.1 GB of memory") as string,
	});
});
