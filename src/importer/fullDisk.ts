import { ImportError } from "./importError.ts";

/** For graphs, tokenizer and manifest, and so that a disk isn't filled to its last byte. */
const reservedBytes = 128 * 2 ** 20;

/**
 * Refuses weights that a disk has no room for, of which so many bytes are still to be written.
 *
 * @throws ImportError "diskFull"
 */
export function refuseFullDisk(folder: string, weightsBytes: number, freeBytes: number): void {
	const neededBytes = weightsBytes + reservedBytes;
	if (freeBytes < neededBytes) {
		const inGb = (bytes: number): string => (bytes / 1e9).toFixed(1);
		throw new ImportError(
			"diskFull",
			`The model takes ${inGb(neededBytes)} GB and the disk of ${folder} has ${inGb(freeBytes)} GB left; free some of it or choose an output folder on another disk.`,
		);
	}
}
