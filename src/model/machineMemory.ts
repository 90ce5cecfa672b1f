import { totalmem } from "node:os";

/** Memory that this process and its children may have, in bytes: all of the machine, or less in a container. */
export function machineMemoryBytes(): number {
	// 0 where there is no limit.
	const limit = process.constrainedMemory();
	return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}
