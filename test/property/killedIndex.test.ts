import { fork } from "node:child_process";
import { once } from "node:events";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nullLogger } from "../../src/base/log.ts";
import { bundleChild, type BundledChild } from "../support/bundledChild.ts";
import { grammarFiles } from "../support/grammarFiles.ts";
import { dumpOf, openIndex, queryFolder } from "../support/indexedFolder.ts";
import { TemporaryFolder } from "../support/temporaryFolder.ts";

/** How often a process is killed; each needs about a second of a whole core. */
const kills = 50;

let child: BundledChild;
beforeAll(async () => {
	child = await bundleChild("test/support/indexingChild.ts");
});
afterAll(() => child.remove());

/** Kills an indexing process `delayMs` after it has sent `messages` messages. Returns what it warned of. */
async function indexUntilKilled(
	root: string,
	storage: string,
	moment: { readonly seed: number; readonly messages: number; readonly delayMs: number },
): Promise<readonly string[]> {
	const { runtime, folder } = grammarFiles;
	const running = fork(
		child.path,
		[root, storage, String(moment.seed), runtime, folder, queryFolder],
		{ execArgv: ["--no-warnings"] },
	);
	const warnings: string[] = [];
	let left = moment.messages;
	running.on("message", (message) => {
		if (typeof message === "string" && message.startsWith("warning")) {
			warnings.push(message);
		}
		left--;
		if (left === 0) {
			setTimeout(() => running.kill("SIGKILL"), moment.delayMs);
		}
	});
	await once(running, "exit");
	expect(running.signalCode).toBe("SIGKILL");
	return warnings;
}

test("an index whose process was killed at any moment opens whole, and ends as one made anew", async () => {
	using folder = new TemporaryFolder();
	using storage = new TemporaryFolder();
	const moments = fc.sample(
		fc.record({
			seed: fc.integer({ min: 1, max: 1_000_000 }),
			messages: fc.integer({ min: 1, max: 40 }),
			delayMs: fc.integer({ min: 0, max: 10 }),
		}),
		{ numRuns: kills, seed: 5 },
	);
	const said: string[] = [];
	const logger = { ...nullLogger, warn: (message: string) => said.push(message) };
	for (const moment of moments) {
		said.push(...(await indexUntilKilled(folder.path, storage.path, moment)));
		await using index = await openIndex(folder.path, { storageFolder: storage.path, logger });
		await index.scan(new AbortController().signal);
		await using fresh = await openIndex(folder.path);
		await fresh.scan(new AbortController().signal);
		expect(dumpOf(index), JSON.stringify(moment)).toEqual(dumpOf(fresh));
	}
	// Nothing was damaged, so nothing had to be made anew.
	expect(said).toEqual([]);
});
