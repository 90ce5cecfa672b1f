import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { FuzzOrder, FuzzOutcome } from "./fuzzGguf.ts";

/** What the reader may take beside its own code and the samples: none of the files claims less than it is refused for. */
const heapMegabytes = 96;

/** Runs fuzzGguf.ts in its worker. Rejects with what it stumbled over, or where it needs more memory than it may. */
export async function runFuzzGguf(order: FuzzOrder): Promise<FuzzOutcome> {
	const worker = new Worker(join(import.meta.dirname, "fuzzGguf.ts"), {
		workerData: order,
		execArgv: ["--experimental-transform-types", "--disable-warning=ExperimentalWarning"],
		resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
	});
	const [outcome] = (await once(worker, "message")) as [FuzzOutcome];
	await worker.terminate();
	return outcome;
}
