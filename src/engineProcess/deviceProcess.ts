import { assert } from "../base/assert.ts";
import type { Logger } from "../base/log.ts";
import { forkProcess, type ForkedProcess } from "../base/process/forkProcess.ts";
import type { OpenDevice } from "../engine/deviceProcess/messages.ts";
import type { OpenedDevice } from "../engine/deviceProcess/serveDevice.ts";
import { openGpuBackend } from "../engine/openGpuBackend.ts";
import { openModel } from "../model/modelStore.ts";

/** Set in processes that hold a model on a device for the engine's. */
const roleVariable = "MOTE_ENGINE_PROCESS_ROLE";

export const isDeviceProcess = (): boolean => process.env[roleVariable] === "device";

/** Runs this process's own entry point once more, for a device. */
export function forkDeviceProcess(logger: Logger): ForkedProcess {
	const [, childPath] = process.argv;
	assert(childPath !== undefined, "a process runs a file");
	return forkProcess({
		childPath,
		execPath: process.execPath,
		name: "device",
		nodeArguments: process.execArgv,
		environment: { ...process.env, [roleVariable]: "device" },
		logger,
	});
}

/** The model was verified by the process that asks for it. */
export async function openDevice({
	provider,
	modelFolder,
	threads,
	gpuLibraries,
}: OpenDevice): Promise<OpenedDevice> {
	const model = await openModel(modelFolder, { verify: "sizes" });
	const backend = await openGpuBackend(provider, { model, threads, gpuLibraries });
	return { backend, numbers: model.manifest };
}
