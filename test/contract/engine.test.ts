import { systemClock } from "../../src/base/clock.ts";
import { nullLogger } from "../../src/base/log.ts";
import { EngineClient } from "../../src/engineProcess/client.ts";
import { serveEngine } from "../../src/engineProcess/server.ts";
import { countingModel } from "../support/countingModel.ts";
import { fakeEngine } from "../support/fakeEngine.ts";
import { pairedPorts } from "../support/pairedPorts.ts";
import { describeEngineContract } from "./engine.ts";
import { describeLearnerContract, type CountingLearner } from "./learner.ts";

function openLocal(): Promise<CountingLearner> {
	const { engine } = fakeEngine(countingModel);
	return Promise.resolve({ engine, close: () => engine.dispose() });
}

function openClient(): Promise<CountingLearner> {
	const { engine } = fakeEngine(countingModel);
	const { parent, child } = pairedPorts();
	serveEngine(engine, child, nullLogger, { onShutdown: () => undefined });
	const client = new EngineClient(parent, systemClock, nullLogger);
	return Promise.resolve({
		engine: client,
		close: async () => {
			await client.dispose();
			await engine.dispose();
		},
	});
}

describeEngineContract("LocalEngine", openLocal);
describeLearnerContract("LocalEngine", openLocal);
describeEngineContract("EngineClient", openClient);
describeLearnerContract("EngineClient", openClient);
