import { Worker } from "node:worker_threads";
import { assert } from "../assert.ts";
import { isRunning } from "./isRunning.ts";

/** How often it is looked whether the parent is there. */
const intervalMs = 500;

/**
 * Has this process end when its parent is gone, also while its own thread hangs in somebody else's code, where no message and no
 * signal but one reaches it. The entry point of this process is run again in a thread, where it calls {@link watchParent} and
 * nothing else.
 */
export function startParentWatch(): void {
	const [, entryPoint] = process.argv;
	assert(entryPoint !== undefined, "a process runs a file");
	new Worker(entryPoint).unref();
}

/** The thread's part. */
export function watchParent(): void {
	const parentId = process.ppid;
	setInterval(() => {
		// Another one adopts it, or the id is gone.
		if (process.ppid !== parentId || !isRunning(parentId)) {
			process.kill(process.pid, "SIGKILL");
		}
	}, intervalMs);
}
