/**
 * A device's process whose passes hang as a driver does: its thread never comes back. Bundled on its own, as the entry point that
 * ships. The environment says from which pass on.
 */
import { isMainThread } from "node:worker_threads";
import { isRunning } from "../../src/base/process/isRunning.ts";
import { startParentWatch, watchParent } from "../../src/base/process/parentWatch.ts";
import { serveDevice } from "../../src/engine/deviceProcess/serveDevice.ts";
import { openDeviceBackend } from "../../src/engine/ort/deviceBackend.ts";
import { processHost } from "../../src/engineProcess/processHost.ts";
import { openModel } from "../../src/model/modelStore.ts";
import { withPasses } from "./withPasses.ts";

/** For so long, in milliseconds, or for ever. */
function hang(ms = Infinity): void {
	Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

if (!isMainThread) {
	const parent = process.env["MOTE_TEST_WATCH_AFTER"];
	while (parent !== undefined && isRunning(Number(parent))) {
		hang(10);
	}
	watchParent();
} else {
	startParentWatch();
	let passes = 0;
	const hangingFrom = Number(process.env["MOTE_TEST_HANGING_PASS"]);
	serveDevice({
		...processHost(),
		open: async ({ modelFolder }) => {
			const { manifest, denseGraphPath: graphPath = "" } = await openModel(modelFolder);
			const real = await openDeviceBackend({ graphPath, manifest, threads: 1, provider: "cpu" });
			const backend = withPasses(real, (cache, tokens, rows) => {
				if (passes++ >= hangingFrom) {
					process.stderr.write(`process ${process.pid} hangs\n`);
					hang();
				}
				return real.forward(cache, tokens, rows);
			});
			return { backend, numbers: manifest };
		},
	});
}
