import { nullLogger } from "../../src/base/log.ts";
import { forkProcess, type ForkedProcess } from "../../src/base/process/forkProcess.ts";

/**
 * Starts a bundled hangingDeviceChild.ts. `say` hears of its lines. With `watchesLate` the thread that watches its parent only comes to
 * run when that is gone, as on a machine that is very busy.
 */
export function forkHangingDevice(
	childPath: string,
	hangingPass: number,
	say: (line: string) => void,
	watchesLate = false,
): ForkedProcess {
	return forkProcess({
		childPath,
		execPath: undefined,
		name: "device",
		nodeArguments: [],
		environment: {
			...process.env,
			MOTE_TEST_HANGING_PASS: String(hangingPass),
			...(watchesLate && { MOTE_TEST_WATCH_AFTER: String(process.pid) }),
		},
		logger: { ...nullLogger, warn: say },
	});
}
