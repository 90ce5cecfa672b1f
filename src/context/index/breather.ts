import { setImmediate as otherWork } from "node:timers/promises";

/** Other work, such as a query, waits at most about this long for a scan, and for one file. */
const sliceMs = 8;

/** Lets other work go on when the last time was a while ago. */
export function breather(): () => Promise<void> {
	let last = performance.now();
	return async () => {
		if (performance.now() - last > sliceMs) {
			await otherWork();
			last = performance.now();
		}
	};
}
