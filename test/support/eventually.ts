import { assert } from "../../src/base/assert.ts";

/** Lets the event loop turn until `condition` holds. Looks at no clock: fails after many turns. */
export async function eventually(condition: () => boolean): Promise<void> {
	for (let turn = 0; turn < 1000; turn++) {
		if (condition()) {
			return;
		}
		await new Promise((resolve) => setImmediate(resolve));
	}
	assert(false, "what the test waits for did not happen");
}
