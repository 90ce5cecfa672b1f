/** Entry point of the engine's process; bundled on its own. */

import { systemClock } from "../base/clock.ts";
import { openLocalEngine } from "../engine/openLocalEngine.ts";
import { processHost } from "./processHost.ts";
import { runEngineProcess } from "./runEngineProcess.ts";

runEngineProcess(processHost(), (request, logger) =>
	openLocalEngine({ ...request, clock: systemClock, logger }),
);
