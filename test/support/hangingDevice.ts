import { nullLogger } from "../../src/base/log.ts";
import { forkProcess, type ForkedProcess } from "../../src/base/process/forkProcess.ts";

/** Starts a bundled hangingDeviceChild.ts. `say` hears of its lines. */
export function forkHangingDevice(
	childPath: string,
	hangingPass: number,
	say: (line: string) => void,
): ForkedProcess {
	return forkProcess({
		childPath,
		execPath: undefined,
		name: "device",
		nodeArguments: [],
		environment: { ...process.env, MOTE_TEST_HANGING_PASS: String(hangingPass) },
		logger: { ...nullLogger, warn: say },
	});
}
