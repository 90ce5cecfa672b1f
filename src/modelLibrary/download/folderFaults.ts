import { LibraryError } from "../libraryError.ts";

/** The code of a failed call of the system, "" for anything else. */
export function systemCode(error: unknown): string {
	return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** Of a failed call on a file or folder of the library; what isn't one goes through. */
export function folderFault(error: unknown, path: string): unknown {
	const code = systemCode(error);
	if (code === "ENOSPC" || code === "EDQUOT") {
		return new LibraryError(
			"diskFull",
			`The disk is full at ${path}; free some space and go on: what came so far is kept.`,
			{ cause: error },
		);
	}
	if (code === "EFBIG") {
		return new LibraryError(
			"folderUnusable",
			`The file system of ${path} takes no file that large; use a folder on another disk.`,
			{ cause: error },
		);
	}
	if (code === "ENOENT" || code === "ENOTDIR") {
		return new LibraryError(
			"folderUnusable",
			`${path} is gone: its folder was removed meanwhile; install it again.`,
			{ cause: error },
		);
	}
	return /^E[A-Z]+$/.test(code)
		? new LibraryError(
				"folderUnusable",
				`${path} can't be read or written (${code}); check that you may write there, and the disk.`,
				{ cause: error },
			)
		: error;
}

/** Runs `work` on `path`, and turns what the system refuses into a sentence. */
export async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		throw folderFault(error, path);
	}
}
