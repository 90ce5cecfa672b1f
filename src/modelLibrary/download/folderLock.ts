import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LibraryError } from "../libraryError.ts";
import { folderFault, systemCode } from "./folderFaults.ts";

const lockFileName = "mote-download.lock";
/** What crashed leaves its lock behind, and of two who find it only one gets it. */
const maxTries = 3;

/**
 * Runs `work` while nobody else, also in another process, works in the same folder, which exists. Throws a LibraryError
 * "inUse" where somebody does, and for what the disk refuses.
 */
export async function withFolderLock<T>(
	folder: string,
	model: string,
	work: () => Promise<T>,
): Promise<T> {
	const path = join(folder, lockFileName);
	await take(path, model);
	try {
		return await work();
	} finally {
		await rm(path, { force: true });
	}
}

async function take(path: string, model: string): Promise<void> {
	for (let tries = 0; tries < maxTries; tries++) {
		try {
			await writeFile(path, String(process.pid), { flag: "wx" });
			return;
		} catch (error) {
			if (systemCode(error) !== "EEXIST") {
				throw folderFault(error, path);
			}
		}
		const holder = Number(await readFile(path, "utf8").catch(() => ""));
		if (Number.isInteger(holder) && holder > 0 && isRunning(holder)) {
			throw new LibraryError(
				"inUse",
				`Another window or program is installing ${model}; wait for it, or delete ${path} if none is.`,
			);
		}
		await rm(path, { force: true });
	}
	throw new LibraryError("inUse", `Another window or program is installing ${model}; wait for it.`);
}

function isRunning(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		// It is there, but somebody else's.
		return systemCode(error) === "EPERM";
	}
}
