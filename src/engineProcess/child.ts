/** Entry point of the engine's process, and of one that holds a model on a device for it; bundled on its own. */

import { isMainThread } from "node:worker_threads";
import { systemClock } from "../base/clock.ts";
import { startParentWatch, watchParent } from "../base/process/parentWatch.ts";
import { serveDevice } from "../engine/deviceProcess/serveDevice.ts";
import { openLocalEngine } from "../engine/openLocalEngine.ts";
import { forkDeviceProcess, isDeviceProcess, openDevice } from "./deviceProcess.ts";
import { processHost } from "./processHost.ts";
import { runEngineProcess } from "./runEngineProcess.ts";

if (!isMainThread) {
	watchParent();
} else if (isDeviceProcess()) {
	startParentWatch();
	serveDevice({ ...processHost(), open: openDevice });
} else {
	runEngineProcess(processHost(), (request, logger, beforeEnd) =>
		openLocalEngine({
			...request,
			clock: systemClock,
			logger,
			beforeEnd,
			startDeviceProcess: () => forkDeviceProcess(logger),
		}),
	);
}
