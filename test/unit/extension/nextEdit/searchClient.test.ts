import path from "node:path";
import { describe, expect, test } from "vitest";
import {
	SearchClient,
	startSearchWorker,
} from "../../../../src/extension/nextEdit/searchClient.ts";
import type {
	ElsewhereRequest,
	FeedRequest,
	SearchRequest,
} from "../../../../src/extension/nextEdit/searchProtocol.ts";
import { nullLogger } from "../../../../src/base/log.ts";
import { SilentWorker } from "../../../support/silentWorker.ts";

type Request = FeedRequest | SearchRequest | ElsewhereRequest;

const asked = { document: "a", languageId: "typescript", lines: 1, units: 5 };

function silentClient(): {
	readonly client: SearchClient;
	readonly workers: SilentWorker<Request>[];
} {
	const workers: SilentWorker<Request>[] = [];
	const client = new SearchClient({
		startWorker: () => {
			const worker = new SilentWorker<Request>();
			workers.push(worker);
			return worker;
		},
		logger: nullLogger,
	});
	return { client, workers };
}

describe("the client of the search", () => {
	test("starts no worker for what a new one doesn't understand", () => {
		const { client, workers } = silentClient();
		client.feed({ kind: "close", document: "a" });
		expect(workers).toHaveLength(0);
		client.feed({ kind: "open", document: "a", text: "x" });
		client.feed({ kind: "close", document: "a" });
		expect(workers.map(({ requests }) => requests.map(({ kind }) => kind))).toEqual([
			["open", "close"],
		]);
	});

	test("gives each search its answer", async () => {
		const { client, workers } = silentClient();
		const searches = [client.search(asked), client.search(asked)];
		const [worker] = workers;
		worker?.send({ kind: "found", id: 1, edits: [], made: 2, leaving: [] });
		worker?.send({ kind: "outOfStep", id: 0 });
		expect(await Promise.all(searches)).toEqual([
			{ kind: "outOfStep", id: 0 },
			{ kind: "found", id: 1, edits: [], made: 2, leaving: [] },
		]);
	});

	test("answers with nothing where the worker ends or says what can't be understood, and starts it a few times again", async () => {
		const { client, workers } = silentClient();
		for (let starts = 1; starts <= 4; starts++) {
			const search = client.search(asked);
			expect(workers).toHaveLength(starts);
			expect(client.hasFailed).toBe(false);
			workers.at(-1)?.exit("it was made to");
			expect(await search).toBeUndefined();
		}
		expect(client.hasFailed).toBe(true);
		expect(await client.search(asked)).toBeUndefined();
		expect(workers).toHaveLength(4);

		const other = silentClient();
		const search = other.client.search(asked);
		other.workers[0]?.send({ kind: "found", id: 0, edits: "none", made: 0 });
		expect(await search).toBeUndefined();
	});

	test("ends with its worker", async () => {
		const { client, workers } = silentClient();
		const search = client.search(asked);
		await client.dispose();
		expect(await search).toBeUndefined();
		expect(workers[0]?.isTerminated).toBe(true);
		expect(await client.search(asked)).toBeUndefined();
		expect(workers).toHaveLength(1);
	});

	test("is answered by a thread of its own", async () => {
		const entryPoint = path.resolve(
			import.meta.dirname,
			"../../../../src/extension/nextEdit/searchWorker.ts",
		);
		const client = new SearchClient({
			startWorker: () => startSearchWorker(entryPoint),
			logger: nullLogger,
		});
		expect(await client.search(asked)).toMatchObject({ kind: "outOfStep" });
		client.feed({ kind: "open", document: "a", text: "hello" });
		expect(await client.search(asked)).toMatchObject({ kind: "found", edits: [], made: 0 });
		await client.dispose();
	});
});
