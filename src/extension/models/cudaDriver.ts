import { lookForDriver, thisMachine } from "../../engine/gpu/gpuPresence.ts";
import { gpuProvidersOn } from "../../engine/gpu/gpuProviders.ts";

/** Whether a machine has a driver that CUDA could use, by what lies in the file system. Never rejects. */
export async function hasCudaDriver(machine = thisMachine()): Promise<boolean> {
	return (
		gpuProvidersOn(`${machine.system}-${machine.arch}`).includes("cuda") &&
		(await lookForDriver("cuda", machine)).kind === "present"
	);
}
