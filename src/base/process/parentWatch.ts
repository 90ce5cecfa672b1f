import { Worker, workerData } from "node:worker_threads";
import * as z from "zod";
import { assert } from "../assert.ts";
import { isRunning } from "./isRunning.ts";

/** How often it is looked whether the parent is there. */
const intervalMs = 500;

const watchDataSchema = z.object({ parentId: z.int().positive() });

/**
 * Has this process end when its parent is gone, also while its own thread hangs in somebody else's code, where no message and no
 * signal but one reaches it. The entry point of this process is run again in a thread, where it calls {@link watchParent} and
 * nothing else.
 */
export function startParentWatch(): void {
	const [, entryPoint] = process.argv;
	assert(entryPoint !== undefined, "a process runs a file");
	// Read here: on a busy machine the parent may be gone, and another one have adopted this process, before the thread runs.
	const data: z.infer<typeof watchDataSchema> = { parentId: process.ppid };
	new Worker(entryPoint, { workerData: data }).unref();
}

/** The thread's part. */
export function watchParent(): void {
	const { parentId } = watchDataSchema.parse(workerData);
	setInterval(() => {
		// Another one adopts it, or the id is gone.
		if (process.ppid !== parentId || !isRunning(parentId)) {
			process.kill(process.pid, "SIGKILL");
		}
	}, intervalMs);
}
