import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { writeRandomCheckpoint, type RandomCheckpointOptions } from "./randomCheckpoint.ts";
import { TemporaryFolder } from "./temporaryFolder.ts";

/** What differs from the sizes of a random checkpoint, so that an import takes milliseconds. */
export const oneLayer = { num_hidden_layers: 1, num_experts: 2 };

/** A folder that each test of imports has for itself, with a checkpoint of one layer in it once it was written. */
export interface ImportFolder {
	/** Absolute. */
	readonly path: string;
	/** Of the checkpoint, or of a file in it. */
	readonly checkpointPath: (name?: string) => string;
	readonly writeCheckpoint: (options?: RandomCheckpointOptions) => Promise<void>;
}

/** To be called once at the top of a file of tests. */
export function useImportFolder(): ImportFolder {
	let folder: TemporaryFolder;
	beforeEach(() => {
		folder = new TemporaryFolder();
	});
	afterEach(() => {
		folder[Symbol.dispose]();
	});
	const checkpointPath = (name = ""): string => join(folder.path, "checkpoint", name);
	return {
		get path() {
			return folder.path;
		},
		checkpointPath,
		writeCheckpoint: async (options = {}) => {
			await writeRandomCheckpoint(checkpointPath(), { shape: oneLayer, ...options });
		},
	};
}
