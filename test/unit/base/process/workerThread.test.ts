import { once } from "node:events";
import { readdirSync, readlinkSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { endThread } from "../../../../src/base/process/workerThread.ts";
import { FakeClock, settle } from "../../../support/fakeClock.ts";
import { TemporaryFolder } from "../../../support/temporaryFolder.ts";

const served = pathToFileURL(
	path.resolve(import.meta.dirname, "../../../../src/base/process/workerThread.ts"),
).href;

function startThread(body: string, workerData?: unknown): Worker {
	const program = `
		import { parentPort, workerData } from "node:worker_threads";
		import { readFile } from "node:fs/promises";
		import { serveThread } from ${JSON.stringify(served)};
		${body}
	`;
	return new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`), { workerData });
}

function handlesOf(file: string): number {
	return readdirSync("/proc/self/fd").filter((handle) => {
		try {
			return readlinkSync(`/proc/self/fd/${handle}`) === file;
		} catch {
			// That by which the folder was read is closed.
			return false;
		}
	}).length;
}

describe("a thread that is ended", () => {
	test("has done with the files that it was opening, and begins with no more", async () => {
		using folder = new TemporaryFolder({ "a file": "x".repeat(1000) });
		const file = path.join(folder.path, "a file");
		for (let round = 0; round < 10; round++) {
			const worker = startThread(
				`
				let isOver = false;
				const read = async () => {
					while (!isOver) {
						await readFile(workerData);
					}
				};
				serveThread(parentPort, () => {}, () => (isOver = true));
				for (let at = 0; at < 8; at++) {
					read();
				}
				parentPort.postMessage("reading");
				`,
				file,
			);
			await once(worker, "message");
			const exited = once(worker, "exit");
			await endThread(worker);
			expect(await exited).toEqual([0]);
			expect(handlesOf(file)).toBe(0);
		}
	});

	test("gets what was sent before, and answers nothing after", async () => {
		const worker = startThread(
			"serveThread(parentPort, (message) => parentPort.postMessage(message));",
		);
		const answers: unknown[] = [];
		worker.on("message", (answer) => answers.push(answer));
		worker.postMessage({ id: 1 });
		const ending = endThread(worker);
		worker.postMessage({ id: 2 });
		await ending;
		expect(answers).toEqual([{ id: 1 }]);
	});

	test("is stopped when it doesn't hear", async () => {
		const worker = startThread('parentPort.postMessage("deaf"); for (;;) {}');
		await once(worker, "message");
		const clock = new FakeClock();
		const exited = once(worker, "exit");
		const ending = endThread(worker, clock);
		await settle();
		await clock.advance(2000);
		await ending;
		expect(await exited).toEqual([1]);
	});

	test("may have ended before", async () => {
		const worker = startThread("process.exit(3)");
		await once(worker, "exit");
		await endThread(worker, new FakeClock());
	});
});
