import { utimesSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { deleteAbandoned, temporaryBeside } from "../../../src/base/temporaryFile.ts";
import { TemporaryFolder } from "../../support/temporaryFolder.ts";

const nowMs = Date.parse("2026-03-01T12:00:00Z");
const minuteMs = 60_000;

/** A file of `folder` that was written so many minutes ago. */
function written(folder: TemporaryFolder, name: string, minutesAgo: number): string {
	folder.write(name, "half of it");
	const at = new Date(nowMs - minutesAgo * minuteMs);
	utimesSync(path.join(folder.path, name), at, at);
	return name;
}

test("what a killed process left of a file is deleted, whatever was done to the clock, and nothing else", async () => {
	using folder = new TemporaryFolder();
	const file = path.join(folder.path, "learned.ngrams");
	const left = (): string => path.basename(temporaryBeside(file));
	written(folder, left(), 60);
	written(folder, left(), -60 * 24);
	const kept = [
		written(folder, left(), 1),
		written(folder, "learned.ngrams", 60),
		written(folder, "learned.ngrams.tmp", 60),
		written(folder, path.basename(temporaryBeside(path.join(folder.path, "other"))), 60),
	];
	await deleteAbandoned(file, nowMs);
	expect(folder.list()).toEqual(kept.sort());
});

test("a folder that isn't there is told as the file system tells it", async () => {
	using folder = new TemporaryFolder();
	await expect(deleteAbandoned(path.join(folder.path, "none/file"))).rejects.toThrow("ENOENT");
});
