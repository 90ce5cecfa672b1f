import { randomUUID } from "node:crypto";
import { lstat, readdir, rm } from "node:fs/promises";
import path from "node:path";

/** A file that is being written changes every moment: one that nobody wrote for so long belongs to a process that is gone. */
const abandonedAfterMs = 10 * 60_000;

const temporaryName = /\.[0-9a-f-]{36}\.tmp$/;

/** A new name beside `file`, for what is to become it when it is whole. */
export function temporaryBeside(file: string): string {
	return `${file}.${randomUUID()}.tmp`;
}

/**
 * Deletes what processes that were killed have left of `file`, under names of {@link temporaryBeside}. What another process
 * is just writing stays.
 *
 * @param nowMs since 1970, as the times of files. A file of the future was written before the clock was set back.
 */
export async function deleteAbandoned(file: string, nowMs = Date.now()): Promise<void> {
	const folder = path.dirname(file);
	const isOfFile = (name: string): boolean =>
		temporaryName.test(name) && name.replace(temporaryName, "") === path.basename(file);
	for (const name of (await readdir(folder)).filter(isOfFile)) {
		const temporary = path.join(folder, name);
		const found = await lstat(temporary).catch(() => undefined);
		if (found !== undefined && Math.abs(nowMs - found.mtimeMs) > abandonedAfterMs) {
			await rm(temporary, { force: true });
		}
	}
}
