import { expect, test } from "vitest";
import { nullLogger } from "../../../../src/base/log.ts";
import {
	RepositoryClient,
	type RepositoryProgress,
} from "../../../../src/context/repository/repositoryClient.ts";
import type { RepositoryRequest } from "../../../../src/context/repository/repositoryProtocol.ts";
import { SilentWorker } from "../../../support/silentWorker.ts";

function silentClient() {
	const worker = new SilentWorker<RepositoryRequest>();
	const log: string[] = [];
	const progress: RepositoryProgress[] = [];
	const client = new RepositoryClient({
		worker,
		logger: {
			...nullLogger,
			debug: (message) => log.push(`debug ${message}`),
			warn: (message) => log.push(`warn ${message}`),
			error: (message) => log.push(`error ${message}`),
		},
		onProgress: (report) => progress.push(report),
		onGone: (problem) => log.push(`gone ${problem}`),
	});
	return { client, worker, log, progress };
}

test("answers go to those who asked, in whatever order they come", async () => {
	const { client, worker } = silentClient();
	const files = client.files();
	const tokens = client.tokensOf("a.ts");
	const missing = client.tokensOf("b.ts");
	expect(worker.requests.map(({ operation }) => operation)).toEqual(["files", "tokens", "tokens"]);
	worker.send({ kind: "tokens", id: 2 });
	worker.send({
		kind: "tokens",
		id: 1,
		file: { fingerprint: "1", tokens: Int32Array.of(3) },
	});
	worker.send({ kind: "files", id: 0, paths: ["a.ts"] });
	expect(await files).toEqual(["a.ts"]);
	expect(await tokens).toEqual({ file: { fingerprint: "1", tokens: Int32Array.of(3) } });
	expect(await missing).toEqual({ file: undefined });
});

test("an answer that can't be understood settles its question", async () => {
	const { client, worker, log } = silentClient();
	const files = client.files();
	const others = client.files();
	worker.send({ kind: "files", id: 0, paths: [1] });
	expect(await files).toBeUndefined();
	expect(log).toEqual([expect.stringContaining("can't be understood")]);
	worker.send("nonsense");
	worker.send({ kind: "files", id: 1, paths: [] });
	expect(await others).toEqual([]);
});

test("a question that failed has no answer, and the log says why", async () => {
	const { client, worker, log } = silentClient();
	const scan = client.scan(new AbortController().signal);
	worker.send({ kind: "failed", id: 0, message: "the folder is gone" });
	await scan;
	expect(log).toEqual([expect.stringContaining("the folder is gone")]);
});

test("an abort is told to the worker, whose answer still ends the question", async () => {
	const { client, worker } = silentClient();
	const controller = new AbortController();
	const scan = client.scan(controller.signal);
	controller.abort();
	expect(worker.requests.at(-1)).toEqual({ id: 0, operation: "abort" });
	worker.send({ kind: "done", id: 0 });
	await scan;
	await client.scan(controller.signal);
	expect(worker.requests).toHaveLength(2);
});

test("progress, warnings and notes belong to no question", () => {
	const { worker, log, progress } = silentClient();
	worker.send({ kind: "progress", filesDone: 1, filesTotal: 2 });
	worker.send({ kind: "warning", message: "damaged" });
	worker.send({ kind: "note", message: "no git" });
	expect(progress).toEqual([expect.objectContaining({ filesDone: 1, filesTotal: 2 })]);
	expect(log).toEqual(["warn damaged", "debug no git"]);
});

test("when the worker ends, every question is answered with nothing", async () => {
	const { client, worker, log } = silentClient();
	const questions = [client.files(), client.tokensOf("a.ts"), client.update("a.ts")];
	worker.exit("out of memory");
	expect(await Promise.all(questions)).toEqual([undefined, undefined, undefined]);
	expect(await client.files()).toBeUndefined();
	expect(log).toEqual(["gone out of memory"]);
});

test("disposing of it answers every question with nothing and is no fault", async () => {
	const { client, worker, log } = silentClient();
	const history = client.readHistory();
	await client.dispose();
	await history;
	worker.exit("exit code 1");
	expect(worker.isTerminated).toBe(true);
	expect(log).toEqual([]);
});
