import { afterAll, beforeAll } from "vitest";
import { nullLogger } from "../../src/base/log.ts";
import { createSupervisedEngine } from "../../src/engineProcess/supervisor.ts";
import { bundleChild, type BundledChild } from "../support/bundledChild.ts";
import { patientClock } from "../support/patientClock.ts";
import { describeEngineContract } from "./engine.ts";
import { describeLearnerContract, type CountingLearner } from "./learner.ts";

let child: BundledChild;

beforeAll(async () => {
	child = await bundleChild("test/support/countingChild.ts");
});
afterAll(async () => {
	await child.remove();
});

function open(): Promise<CountingLearner> {
	const supervised = createSupervisedEngine({
		childPath: child.path,
		modelFolder: "none",
		logger: nullLogger,
		clock: patientClock,
	});
	return Promise.resolve({ engine: supervised.engine, close: () => supervised.dispose() });
}

describeEngineContract("the engine of a supervised process", open);
describeLearnerContract("the engine of a supervised process", open);
