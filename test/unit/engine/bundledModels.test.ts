import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../../src/base/clock.ts";
import { nullLogger } from "../../../src/base/log.ts";
import { createSupervisedEngine } from "../../../src/engineProcess/supervisor.ts";
import { bundleChild, type BundledChild } from "../../support/bundledChild.ts";
import { bundledFolder, expectCompletion } from "../../support/completesCode.ts";

let child: BundledChild;

beforeAll(async () => {
	child = await bundleChild("src/engineProcess/child.ts");
});
afterAll(() => child.remove());

test.each(["base", "nano"] as const)(
	"mote-%s opens and completes on onnxruntime-node, without the addon",
	async (model) => {
		const supervised = createSupervisedEngine({
			...{ childPath: child.path, modelFolder: bundledFolder(model), threads: 2 },
			...{ logger: nullLogger, clock: systemClock },
		});
		try {
			await expectCompletion(supervised.engine, model);
			expect(supervised.state).toMatchObject({
				...{ kind: "ready", modelName: `mote-${model}` },
				// There is no addon beside the child of this test.
				backendName: expect.stringMatching(
					/^ONNX Runtime, .*this build of Mote has none$/,
				) as string,
			});
		} finally {
			await supervised.dispose();
		}
	},
);
