import { join } from "node:path";
import { expect, test } from "vitest";
import { systemClock } from "../../../src/base/clock.ts";
import { openLocalEngine } from "../../../src/engine/openLocalEngine.ts";
import { importCheckpoint } from "../../../src/importer/importCheckpoint.ts";
import { answerOf, someTokens } from "../../support/engineRequests.ts";
import { writeExportedDecoder } from "../../support/exportedDecoder.ts";
import { tinyConfigs } from "../../support/randomDecoder.ts";
import { decoderLogits } from "../../support/referenceDecoder.ts";
import { TemporaryFolder } from "../../support/temporaryFolder.ts";

test("the engine answers with an exported model as the reference would, and says why its addon doesn't run it", async () => {
	using folder = new TemporaryFolder();
	const modelFolder = join(folder.path, "model");
	const { llama } = tinyConfigs;
	const tensors = await writeExportedDecoder(join(folder.path, "export"), llama, [
		{ path: "onnx/model.onnx", attention: "plain", weights: "external" },
	]);
	await importCheckpoint(join(folder.path, "export"), modelFolder, { quantization: "int4" });
	const { engine, backendName } = await openLocalEngine({
		modelFolder,
		threads: 1,
		clock: systemClock,
	});
	try {
		const prompt = someTokens(20, 1, 400);
		const { ids } = await answerOf(engine, { prompt, maxNewTokens: 6, maxDraftTokens: 4 });
		const expected: number[] = [];
		while (expected.length < 6) {
			const last = decoderLogits(llama, tensors, [...prompt, ...expected]).at(-1);
			expected.push(last?.indexOf(Math.max(...last)) ?? -1);
		}
		expect(ids).toEqual(expected);
		expect(backendName).toContain("the model's graph was made for ONNX Runtime alone");
	} finally {
		await engine.dispose();
	}
});
