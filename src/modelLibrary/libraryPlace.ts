import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder, type CacheSurroundings } from "../base/cacheFolder.ts";

/**
 * Where published models are installed: one folder for every editor and the command line of a user, since a model has
 * gigabytes.
 */
export function libraryPlace(surroundings: CacheSurroundings): string {
	return join(cacheFolder(surroundings), "models");
}

/** In the library's folder, so that all lies on one disk: what is on its way. */
export const downloadsFolderName = ".downloads";

/** Whether something was begun in the library in `folder` and isn't whole. Cheap: for the start of a window. */
export async function hasUnfinished(folder: string): Promise<boolean> {
	try {
		return (await readdir(join(folder, downloadsFolderName))).length > 0;
	} catch {
		// There is no library yet, or none that can be read: whoever opens it hears of that.
		return false;
	}
}
