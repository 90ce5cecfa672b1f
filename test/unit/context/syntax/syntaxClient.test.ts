import { describe, expect, test } from "vitest";
import { systemClock } from "../../../../src/base/clock.ts";
import { nullLogger } from "../../../../src/base/log.ts";
import {
	startSyntaxWorker,
	SyntaxClient,
	type SyntaxWorker,
} from "../../../../src/context/syntax/syntaxClient.ts";
import type { SyntaxRequest } from "../../../../src/context/syntax/syntaxProtocol.ts";
import { FakeClock } from "../../../support/fakeClock.ts";
import { grammarFiles } from "../../../support/grammarFiles.ts";
import { recordingLogger } from "../../../support/recordingLogger.ts";
import { SilentWorker } from "../../../support/silentWorker.ts";

const signal = new AbortController().signal;
const query = { languageId: "typescript", text: "// a\n", offset: 4 };
const unknown = { kind: "unknown" };

function silentClient() {
	const clock = new FakeClock();
	const workers: SilentWorker<SyntaxRequest>[] = [];
	const warnings: string[] = [];
	const logger = recordingLogger(warnings);
	const work = { progress: 1, cpuMs: 0 };
	const startWorker = (): SyntaxWorker => {
		const worker = new SilentWorker<SyntaxRequest>();
		workers.push(worker);
		return Object.assign(worker, { progress: () => work.progress, cpuMs: () => work.cpuMs });
	};
	const client = new SyntaxClient({ startWorker, clock, logger });
	return { clock, workers, warnings, work, client };
}

/** What a worker has done after each second, until it is stopped; the seconds that it was given. */
async function secondsUntilStopped(
	workIn: (second: number) => { readonly progress: number; readonly cpuMs: number },
): Promise<number> {
	const { client, clock, workers, work } = silentClient();
	Object.assign(work, workIn(0));
	const answer = client.positionAt(query, signal);
	let second = 0;
	while (workers[0]?.isTerminated !== true && second < 300) {
		await clock.advance(1000);
		Object.assign(work, workIn(++second));
	}
	await client.dispose();
	expect(await answer).toEqual(unknown);
	return second;
}

test("a real worker thread answers as LocalSyntax does", async () => {
	const entryPoint = new URL("../../../../src/context/worker.ts", import.meta.url);
	const client = new SyntaxClient({
		startWorker: () => startSyntaxWorker(entryPoint, grammarFiles),
		clock: systemClock,
		logger: nullLogger,
	});
	expect([
		await client.positionAt(query, signal),
		await client.extentOf({ ...query, text: "", offset: 0, candidate: "a;\nb;" }, signal),
		await client.positionAt({ ...query, languageId: "plaintext" }, signal),
	]).toEqual([{ kind: "comment" }, { kind: "complete", length: 2 }, unknown]);
	await client.dispose();
	expect(await client.positionAt(query, signal)).toEqual(unknown);
});

describe("a worker that fails", () => {
	test("an aborted request is answered at once", async () => {
		const { client } = silentClient();
		const controller = new AbortController();
		const answer = client.positionAt(query, controller.signal);
		controller.abort();
		expect(await answer).toEqual(unknown);
	});

	test("a worker that ends answers every request and is started again", async () => {
		const { client, workers, warnings } = silentClient();
		const answers = [client.positionAt(query, signal), client.positionAt(query, signal)];
		workers[0]?.exit("it ended with 1");
		expect(await Promise.all(answers)).toEqual([unknown, unknown]);
		void client.positionAt(query, signal);
		expect(workers.length).toBe(2);
		expect(warnings).toEqual([
			"warn: The syntax worker was stopped because it ended with 1; it is started again.",
		]);
	});

	test.each<[string, (second: number) => { progress: number; cpuMs: number }, number]>([
		["computes without getting on", (second) => ({ progress: 1, cpuMs: second * 1000 }), 7],
		["computes on a busy machine", (second) => ({ progress: 1, cpuMs: second * 100 }), 52],
		["gets on, however slowly", (second) => ({ progress: 1 + second, cpuMs: second * 1000 }), 300],
		["has no processor", () => ({ progress: 1, cpuMs: 0 }), 121],
		["is being started", (second) => ({ progress: 0, cpuMs: second * 1000 }), 121],
		[
			"gets on for a minute and then hangs",
			(second) => ({ progress: Math.min(60, 1 + second), cpuMs: second * 1000 }),
			67,
		],
	])("a worker that %s is stopped when it hangs", async (_name, workIn, seconds) => {
		const stopped = await secondsUntilStopped(workIn);
		expect(Math.abs(stopped - seconds)).toBeLessThanOrEqual(2);
	});

	test("a worker is looked at only while somebody waits", async () => {
		const { client, clock, workers, work } = silentClient();
		const controller = new AbortController();
		const answer = client.positionAt(query, controller.signal);
		controller.abort();
		await answer;
		work.cpuMs = 100_000;
		await clock.advance(200_000);
		expect([workers[0]?.isTerminated, clock.sleepers]).toEqual([false, 0]);
		void client.positionAt(query, signal);
		await clock.advance(1000);
		expect(workers[0]?.isTerminated).toBe(false);
		await client.dispose();
	});

	test("after three restarts it is left alone", async () => {
		const { client, workers } = silentClient();
		for (let i = 0; i < 6; i++) {
			const answer = client.positionAt(query, signal);
			workers.at(-1)?.exit("it crashed");
			await answer;
		}
		expect(workers.length).toBe(4);
	});

	test("a message that isn't a reply is logged and ignored", async () => {
		const { client, workers, warnings } = silentClient();
		const answer = client.positionAt(query, signal);
		workers[0]?.send({ kind: "position", id: 0, position: "here" });
		workers[0]?.send({ kind: "position", id: 0, position: unknown });
		expect(await answer).toEqual(unknown);
		expect(warnings).toEqual(["error: The syntax worker sent a message that can't be understood."]);
	});
});
