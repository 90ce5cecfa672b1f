import { execFile } from "node:child_process";
import { open, rm, statfs, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Room for the index, some snapshots and what was learned; it is memory of the machine. */
const diskBytes = 256 * 2 ** 20;

/** Puts a small disk at `folder`, in memory. Only in a mount namespace of its own; it is gone with the last process in there. */
export async function mountSmallDisk(folder: string): Promise<void> {
	await run("mount", ["-t", "tmpfs", "-o", `size=${diskBytes}`, "mote-soak", folder]);
}

const ballastName = "ballast";
const pieceBytes = [2 ** 20, 2 ** 12, 1] as const;

/** Writes into `folder`, which is a disk of its own, until there is no byte of room left. */
export async function fillDisk(folder: string): Promise<void> {
	await using file = await open(path.join(folder, ballastName), "w");
	for (const bytes of pieceBytes) {
		await writeUntilFull(file, Buffer.alloc(bytes));
	}
	const { bavail } = await statfs(folder);
	if (bavail > 0) {
		throw new Error(`${folder} isn't full although nothing can be written any more.`);
	}
}

export async function freeDisk(folder: string): Promise<void> {
	await rm(path.join(folder, ballastName), { force: true });
}

async function writeUntilFull(file: FileHandle, piece: Buffer): Promise<void> {
	for (;;) {
		try {
			await file.appendFile(piece);
		} catch (error) {
			if (error instanceof Error && "code" in error && error.code === "ENOSPC") {
				return;
			}
			throw error;
		}
	}
}
