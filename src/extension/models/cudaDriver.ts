import { release } from "node:os";
import { lookForDriver, type Machine } from "../../engine/gpu/gpuPresence.ts";
import { gpuProvidersOn, type GpuSetting } from "../../engine/gpu/gpuProviders.ts";

const thisMachine = (): Machine => ({
	system: process.platform,
	arch: process.arch,
	root: "/",
	env: process.env,
	release: release(),
});

/** Whether a machine has a driver that CUDA could use, by what lies in the file system. Never rejects. */
export async function hasCudaDriver(machine = thisMachine()): Promise<boolean> {
	return (
		gpuProvidersOn(`${machine.system}-${machine.arch}`).includes("cuda") &&
		(await lookForDriver("cuda", machine)).kind === "present"
	);
}

/** Whether an engine tries CUDA under this value of `mote.engine.gpu`. */
export function triesCuda(setting: GpuSetting): boolean {
	return setting === "auto" || setting === "cuda";
}
