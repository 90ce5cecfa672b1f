import { assert } from "../../src/base/assert.ts";
import { hangMs } from "./hangGuard.ts";

/** Most conditions hold after a few turns; what waits for a process or the disk needs none of the processor's time. */
const busyTurns = 1000;
const pauseMs = 10;

/** Lets the event loop turn until `condition` holds; how long that takes doesn't matter. */
export async function eventually(condition: () => boolean): Promise<void> {
	for (let turn = 0; turn < busyTurns + hangMs / pauseMs; turn++) {
		if (condition()) {
			return;
		}
		await new Promise((resolve) => {
			if (turn < busyTurns) {
				setImmediate(resolve);
			} else {
				setTimeout(resolve, pauseMs);
			}
		});
	}
	assert(false, "what the test waits for did not happen");
}
