/** A device's process, with the processor's provider in the place of a device's. */
import { isMainThread } from "node:worker_threads";
import { startParentWatch, watchParent } from "../../src/base/process/parentWatch.ts";
import { serveDevice } from "../../src/engine/deviceProcess/serveDevice.ts";
import { openDeviceBackend } from "../../src/engine/ort/deviceBackend.ts";
import { processHost } from "../../src/engineProcess/processHost.ts";
import { openModel } from "../../src/model/modelStore.ts";

if (!isMainThread) {
	watchParent();
} else {
	startParentWatch();
	serveDevice({
		...processHost(),
		open: async ({ modelFolder, threads }) => {
			const { manifest, denseGraphPath: graphPath = "" } = await openModel(modelFolder);
			const backend = await openDeviceBackend({ graphPath, manifest, threads, provider: "cpu" });
			return { backend, numbers: manifest };
		},
	});
}
