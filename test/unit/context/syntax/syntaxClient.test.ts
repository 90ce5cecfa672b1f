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
	const startWorker = (): SyntaxWorker => {
		const worker = new SilentWorker<SyntaxRequest>();
		workers.push(worker);
		return worker;
	};
	return { clock, workers, warnings, client: new SyntaxClient({ startWorker, clock, logger }) };
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

	test("a worker that doesn't answer is terminated", async () => {
		const { client, clock, workers } = silentClient();
		const answer = client.positionAt(query, signal);
		await clock.advance(2000);
		expect(await answer).toEqual(unknown);
		expect(workers[0]?.isTerminated).toBe(true);
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
