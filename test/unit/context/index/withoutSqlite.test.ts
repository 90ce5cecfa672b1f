import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleChild, type BundledChild } from "../../../support/bundledChild.ts";
import { grammarFiles } from "../../../support/grammarFiles.ts";
import { queryFolder } from "../../../support/indexedFolder.ts";
import { TemporaryFolder } from "../../../support/temporaryFolder.ts";

let child: BundledChild;
beforeAll(async () => {
	child = await bundleChild("test/support/indexingChild.ts");
});
afterAll(() => child.remove());

test("a Node without SQLite is told from a damaged index, and goes on without keeping one", async () => {
	using folder = new TemporaryFolder();
	using storage = new TemporaryFolder();
	const kept = path.join(storage.path, "index.sqlite");
	writeFileSync(kept, "of a newer Node");
	const { runtime, folder: grammars } = grammarFiles;
	const running = fork(
		child.path,
		[folder.path, storage.path, "1", runtime, grammars, queryFolder],
		{ execArgv: ["--no-warnings", "--no-experimental-sqlite"] },
	);
	const said: unknown[] = [];
	running.on("message", (message) => {
		said.push(message);
		if (message === "step") {
			running.kill();
		}
	});
	await once(running, "exit");
	expect(said.slice(0, 3)).toEqual([
		`warning: The index isn't kept, and is made anew at each start: that needs Node 22.13 or newer, and this is ${process.version}.`,
		"open",
		"step",
	]);
	expect(existsSync(kept)).toBe(true);
});
