import { fork } from "node:child_process";
import { once } from "node:events";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleChild, type BundledChild } from "../support/bundledChild.ts";
import { FakeBackend } from "../support/fakeBackend.ts";
import { recordingLogger } from "../support/recordingLogger.ts";
import { bytesOf, filledCache, openSaved } from "../support/snapshotFolder.ts";
import { TemporaryFolder } from "../support/temporaryFolder.ts";

/** How often a process is killed at least; each needs about half a second. */
const kills = 30;

/** When it has to have been killed while it wrote: that it happens is luck, and on a busy machine another's. */
const maxKills = 1000;

let child: BundledChild;
beforeAll(async () => {
	child = await bundleChild("test/support/savingChild.ts");
});
afterAll(() => child.remove());

interface Moment {
	readonly seed: number;
	readonly messages: number;
	readonly delayMs: number;
}

/** Kills a saving process `delayMs` after it has sent `messages` messages. Returns what it warned of. */
async function saveUntilKilled(folder: string, moment: Moment): Promise<readonly string[]> {
	const running = fork(child.path, [folder, String(moment.seed)], { execArgv: [] });
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

test("a process killed while it writes leaves nothing that could be taken for a snapshot", async () => {
	using folder = new TemporaryFolder();
	const backend = new FakeBackend({ contextLength: 2 ** 20 });
	const log: string[] = [];
	const moments = fc.sample(
		fc.record({
			seed: fc.nat({ max: 1000 }),
			messages: fc.integer({ min: 1, max: 6 }),
			delayMs: fc.integer({ min: 0, max: 8 }),
		}),
		{ numRuns: maxKills, seed: 5 },
	);
	let restored = 0;
	let interrupted = 0;
	let killed = 0;
	for (const moment of moments) {
		if (killed++ >= kills && interrupted > 0 && restored > kills / 2) {
			break;
		}
		log.push(...(await saveUntilKilled(folder.path, moment)));
		interrupted += folder.list().filter((name) => name.endsWith(".tmp")).length;
		const saved = await openSaved(folder.path, backend, { logger: recordingLogger(log) });
		expect(folder.list()).toHaveLength(saved.all.length);
		for (const prefix of [...saved.all]) {
			const { length } = prefix.tokens;
			const kv = backend.createKvCache(length);
			expect(await saved.load(prefix, kv), JSON.stringify(moment)).toBeDefined();
			const expected = await filledCache(backend, prefix.tokens);
			expect(bytesOf(backend, kv)).toEqual(bytesOf(backend, expected));
			await saved.forget(prefix);
			restored++;
		}
	}
	// Nothing was damaged, and what was finished was there.
	expect(log).toEqual([]);
	expect(interrupted).toBeGreaterThan(0);
	expect(restored).toBeGreaterThan(kills / 2);
});
