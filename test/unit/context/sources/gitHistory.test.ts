import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { nullLogger } from "../../../../src/base/log.ts";
import { CoChanges } from "../../../../src/context/sources/coChanges.ts";
import { commitsOf, readGitHistory } from "../../../../src/context/sources/gitHistory.ts";
import { TemporaryFolder } from "../../../support/temporaryFolder.ts";

const { signal } = new AbortController();

function git(folder: string, ...args: readonly string[]): void {
	const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.invalid"];
	execFileSync("git", [...identity, "-c", "commit.gpgsign=false", ...args], { cwd: folder });
}

describe("files that change together", () => {
	test("are those of the same commits, the latest and smallest most", () => {
		const history = new CoChanges([["a", "b"], ["a", "b", "c"], ["a"]]);
		expect([...history.changedWith("a").keys()]).toEqual(["b", "c"]);
		expect(history.changedWith("a").get("b")).toBe(1);
		expect(history.changedWith("unknown").size).toBe(0);
	});

	test("a commit of many files says nothing", () => {
		const many = Array.from({ length: 30 }, (_, at) => `f${at}`);
		expect(new CoChanges([many]).changedWith("f0").size).toBe(0);
	});

	test("names with line breaks and spaces are read as they are", () => {
		expect(commitsOf("\u0001\u0000\na b\u0000c\nd\u0000\u0001\u0000\ne\u0000")).toEqual([
			["a b", "c\nd"],
			["e"],
		]);
	});

	test("come from the history of the folder", async () => {
		using folder = new TemporaryFolder({ "a.ts": "1", "sub/b.ts": "1" });
		git(folder.path, "init", "-q");
		git(folder.path, "add", "-A");
		git(folder.path, "commit", "-q", "-m", "both");
		const history = await readGitHistory(folder.path, nullLogger, signal);
		expect([...history.changedWith("a.ts").keys()]).toEqual(["sub/b.ts"]);
	});

	test("a folder without a repository has none", async () => {
		using folder = new TemporaryFolder();
		const history = await readGitHistory(folder.path, nullLogger, signal);
		expect(history.changedWith("a.ts").size).toBe(0);
	});

	test("programs that a repository's configuration names aren't run", async () => {
		using folder = new TemporaryFolder({ "a.ts": "1", "b.ts": "1" });
		const trace = path.join(folder.path, "was-run");
		git(folder.path, "init", "-q");
		git(folder.path, "add", "-A");
		git(folder.path, "commit", "-q", "-m", "both");
		for (const key of ["core.fsmonitor", "core.pager", "gpg.program", "diff.external"]) {
			git(folder.path, "config", key, `touch ${trace}`);
		}
		git(folder.path, "config", "log.showSignature", "true");
		const history = await readGitHistory(folder.path, nullLogger, signal);
		expect(history.changedWith("a.ts").size).toBe(1);
		expect(existsSync(trace)).toBe(false);
	});
});
