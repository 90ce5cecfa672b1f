import { byteText } from "../base/byteText.ts";

export interface MachineCapacity {
	/** Of the machine, or of the container in it. */
	readonly memoryBytes: number;
	/** What this user may still write where the library is. */
	readonly freeDiskBytes: number;
}

export interface ModelNeeds {
	/** What is still to be fetched. */
	readonly downloadBytes: number;
	/** Of the installed model; see {@link importedBytes}. */
	readonly installedBytes: number;
}

export type Fit =
	| { readonly kind: "fits" }
	| { readonly kind: "notEnoughMemory" | "diskFull"; readonly sentence: string };

/**
 * What an editor and its language servers fill by themselves, as for the bundled models (`src/model/modelChoice.ts`), and
 * a quarter for the KV cache and the runtime.
 */
const besideModelBytes = 4.25 * 2 ** 30;

/** Beside checkpoint and model, so that the disk isn't filled to the last byte. */
const spareDiskBytes = 2 ** 30;

/**
 * An imported model is at most this part of a checkpoint in 16 bits: int4 with a scale for 32 weights is 0.29 of it, and
 * embeddings and norms that stay larger made it 0.32 for mote-base.
 */
const importedShare = 0.35;

/** What a checkpoint's weights become, estimated from above. */
export function importedBytes(checkpointWeightsBytes: number): number {
	return Math.ceil(checkpointWeightsBytes * importedShare);
}

/** Memory that a machine needs for a model: its weights are there once, packed. */
export function neededMemoryBytes({ installedBytes }: ModelNeeds): number {
	return installedBytes + besideModelBytes;
}

/** Checkpoint and model lie side by side until the model is whole. */
export function neededDiskBytes({ downloadBytes, installedBytes }: ModelNeeds): number {
	return downloadBytes + installedBytes + spareDiskBytes;
}

/** Whether a model can be installed and run, with numbers where not. */
export function fitOf(model: string, needs: ModelNeeds, machine: MachineCapacity): Fit {
	const memory = neededMemoryBytes(needs);
	if (memory > machine.memoryBytes) {
		return {
			kind: "notEnoughMemory",
			sentence: `${model} needs ${byteText(memory)} of memory beside an editor, and this machine has ${byteText(machine.memoryBytes)}; choose a smaller model.`,
		};
	}
	return diskFitOf(model, needs, machine);
}

/** Whether there is room for what is fetched, with numbers where not. */
export function diskFitOf(
	name: string,
	needs: ModelNeeds,
	{ freeDiskBytes }: Pick<MachineCapacity, "freeDiskBytes">,
): Fit {
	const disk = neededDiskBytes(needs);
	if (disk > freeDiskBytes) {
		return {
			kind: "diskFull",
			sentence: `${name} needs ${byteText(disk)} on the disk while it is installed, and ${byteText(freeDiskBytes)} are free; make room for it.`,
		};
	}
	return { kind: "fits" };
}
