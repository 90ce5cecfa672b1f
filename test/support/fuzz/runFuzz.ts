import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { hangMs } from "../hangGuard.ts";
import type { FuzzMessage, FuzzOrder, FuzzOutcome } from "./fuzzWorker.ts";

/** What a reader may take beside its own code and the samples: none of the files claims less than it is refused for. */
const heapMegabytes = 96;

/**
 * Fuzzes a format in a worker. Rejects with what its reader stumbled over, where it needs more memory than it may, and
 * where a thousand files keep it busy for longer than anything should.
 */
export async function runFuzz(order: FuzzOrder): Promise<FuzzOutcome> {
	const worker = new Worker(join(import.meta.dirname, "fuzzWorker.ts"), {
		workerData: order,
		execArgv: ["--experimental-transform-types", "--disable-warning=ExperimentalWarning"],
		resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
	});
	try {
		return await outcomeOf(worker, order);
	} finally {
		await worker.terminate();
	}
}

function outcomeOf(worker: Worker, { format }: FuzzOrder): Promise<FuzzOutcome> {
	return new Promise((resolve, reject) => {
		let lastRun = 0;
		const guard = setTimeout(() => {
			reject(new Error(`one of the files of ${format} from ${lastRun} on is read for ever`));
		}, hangMs);
		worker.on("message", (message: FuzzMessage) => {
			if (message.kind === "done") {
				clearTimeout(guard);
				resolve(message.outcome);
				return;
			}
			lastRun = message.run;
			guard.refresh();
		});
		worker.on("error", (error) => {
			clearTimeout(guard);
			reject(error instanceof Error ? error : new Error(String(error)));
		});
	});
}
