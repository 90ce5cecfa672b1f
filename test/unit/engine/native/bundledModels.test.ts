import { expect, test } from "vitest";
import { systemClock } from "../../../../src/base/clock.ts";
import { openLocalEngine } from "../../../../src/engine/openLocalEngine.ts";
import { bundledFolder, expectCompletion } from "../../../support/completesCode.ts";

test.each(["base", "nano"] as const)("mote-%s opens and completes on the addon", async (model) => {
	const options = { modelFolder: bundledFolder(model), threads: 2, clock: systemClock };
	const { engine, modelName, backendName } = await openLocalEngine(options);
	try {
		expect([modelName, backendName]).toEqual([
			`mote-${model}`,
			expect.stringMatching(/^Mote's addon on ONNX Runtime, /),
		]);
		await expectCompletion(engine, model);
	} finally {
		await engine.dispose();
	}
});

test("a model that is slower than is allowed is refused before it answers anything", async () => {
	const options = { modelFolder: bundledFolder("nano"), threads: 1, clock: systemClock };
	await expect(openLocalEngine({ ...options, maxFirstTokenMs: 0 })).rejects.toMatchObject({
		code: "modelTooSlow",
		message: expect.stringMatching(/^mote-nano takes .* where 0 are allowed[.]$/) as string,
	});
});
