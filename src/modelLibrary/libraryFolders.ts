import { randomUUID } from "node:crypto";
import { readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { folderFault, onDisk, systemCode } from "./download/folderFaults.ts";

/** Names of the folders in a folder, in order; none where there is no such folder. */
export async function foldersIn(folder: string): Promise<readonly string[]> {
	try {
		const entries = await readdir(folder, { withFileTypes: true });
		return entries
			.filter((entry) => entry.isDirectory())
			.map(({ name }) => name)
			.sort();
	} catch (error) {
		if (systemCode(error) === "ENOENT") {
			return [];
		}
		throw folderFault(error, folder);
	}
}

/** Size of all files in a folder and its folders; undefined where there is none. */
export async function bytesIn(folder: string): Promise<number | undefined> {
	let names: readonly string[];
	try {
		names = await readdir(folder, { recursive: true });
	} catch (error) {
		if (["ENOENT", "ENOTDIR"].includes(systemCode(error))) {
			return undefined;
		}
		throw folderFault(error, folder);
	}
	const sizes = await Promise.all(names.map((name) => fileBytes(join(folder, name))));
	return sizes.reduce((sum, size) => sum + size, 0);
}

/** None for a folder, and for what another process has renamed or removed meanwhile. */
async function fileBytes(path: string): Promise<number> {
	try {
		const found = await stat(path);
		return found.isFile() ? found.size : 0;
	} catch (error) {
		if (systemCode(error) === "ENOENT") {
			return 0;
		}
		throw folderFault(error, path);
	}
}

const discardedPrefix = ".removed-";

/** Whether a folder of this name was being removed when that was ended. */
export function isDiscarded(name: string): boolean {
	return name.startsWith(discardedPrefix);
}

/** Removes a folder, if it is there. It loses its name first, so that nobody finds half of it. */
export async function discardFolder(folder: string): Promise<void> {
	await onDisk(folder, async () => {
		const nameless = join(dirname(folder), `${discardedPrefix}${randomUUID()}`);
		try {
			await rename(folder, nameless);
		} catch (error) {
			if (systemCode(error) === "ENOENT") {
				return;
			}
			throw error;
		}
		await rm(nameless, { recursive: true, force: true });
	});
}
