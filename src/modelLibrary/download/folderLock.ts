import { open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { LibraryError } from "../libraryError.ts";
import { folderFault, systemCode } from "./folderFaults.ts";

const lockFileName = "mote-download.lock";
/** What crashed leaves its lock behind, and of two who find it only one gets it. */
const maxTries = 3;

/**
 * Keeps others, also in other processes, from the same folder until it is disposed of. Throws a LibraryError "inUse"
 * where another has it, and for what the disk refuses.
 */
export async function lockFolder(folder: string, model: string): Promise<AsyncDisposable> {
	const path = join(folder, lockFileName);
	for (let tries = 0; tries < maxTries; tries++) {
		try {
			await using file = await open(path, "wx");
			await file.writeFile(String(process.pid));
			return { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
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
