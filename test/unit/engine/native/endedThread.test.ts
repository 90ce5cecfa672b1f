import { once } from "node:events";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { sessionOptions } from "../../../support/addonBackend.ts";
import { importTinyModel } from "../../../support/tinyModel.ts";

/** Begins a pass that takes about a second, and says so. */
const program = `
const { parentPort, workerData } = require("node:worker_threads");
const addon = require(workerData.addonPath);
addon.openSession(workerData.options).then((session) => {
	const cache = session.createKvCache(1500);
	session.run(cache, new Int32Array(1500), 1);
	parentPort.postMessage("running");
});
`;

test("a thread that is ended in the middle of a pass takes nothing else with it", async () => {
	const model = await importTinyModel("int4", { shape: { max_position_embeddings: 2048 } });
	const worker = new Worker(program, {
		eval: true,
		workerData: {
			addonPath: path.resolve(import.meta.dirname, "../../../../dist/native/mote.node"),
			options: await sessionOptions(model.folder, { threads: 1, instructions: "plain C++" }),
		},
	});
	expect(await once(worker, "message")).toEqual(["running"]);
	expect(await worker.terminate()).toBe(1);
	await model.remove();
});
