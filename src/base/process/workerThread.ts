import type { MessagePort, Worker } from "node:worker_threads";
import { abortReason } from "../abort.ts";
import { systemClock, type Clock } from "../clock.ts";

/** What a thread is asked to end with. Messages of protocols are objects. */
const endRequest = "end";

/** What a thread has begun is done in far less, unless it hangs; an editor that closes gives all of its extensions 5 seconds. */
const endMs = 2000;

/**
 * Ends a worker thread that {@link serveThread} serves. It is asked to end by itself, and stopped after {@link endMs}: one that is stopped
 * while it opens a file leaves the file open for as long as the process lives, as Node closes only what JavaScript knows of.
 */
export async function endThread(worker: Worker, clock: Clock = systemClock): Promise<void> {
	const hasEnded = worker.threadId === -1;
	if (hasEnded) {
		return;
	}
	const over = new AbortController();
	const exited = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
	worker.postMessage(endRequest);
	await Promise.race([exited, clock.sleep(endMs, over.signal)]);
	over.abort(abortReason);
	await worker.terminate();
}

/** Inside such a thread, hands on what comes, until it is to end. Then nothing more may be begun. */
export function serveThread(
	port: MessagePort,
	receive: (message: unknown) => void,
	end?: () => void,
): void {
	port.on("message", (message: unknown) => {
		if (message === endRequest) {
			port.close();
			end?.();
		} else {
			receive(message);
		}
	});
}
