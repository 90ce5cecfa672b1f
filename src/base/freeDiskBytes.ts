import { statfs } from "node:fs/promises";

/**
 * What this user may still write where `folder` is, which has to exist: without what the system keeps back. Rejects
 * with the file system's error.
 */
export async function freeDiskBytes(folder: string): Promise<number> {
	const { bavail, bsize } = await statfs(folder);
	return bavail * bsize;
}
