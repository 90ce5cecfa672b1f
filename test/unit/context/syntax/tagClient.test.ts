import path from "node:path";
import { expect, test } from "vitest";
import { nullLogger } from "../../../../src/base/log.ts";
import { Grammars } from "../../../../src/context/syntax/grammars.ts";
import {
	startTagProcess,
	TagClient,
	type TagProcess,
} from "../../../../src/context/syntax/tagClient.ts";
import type { FileTags } from "../../../../src/context/syntax/fileTags.ts";
import type { TagRequest } from "../../../../src/context/syntax/tagProtocol.ts";
import { TagReader } from "../../../../src/context/syntax/tagReader.ts";
import { ParserEndedError } from "../../../../src/context/syntax/tagSource.ts";
import { FakeClock } from "../../../support/fakeClock.ts";
import { grammarFiles } from "../../../support/grammarFiles.ts";
import { queryFolder } from "../../../support/indexedFolder.ts";
import { SilentWorker } from "../../../support/silentWorker.ts";

const noTags: FileTags = { definitions: [], imports: [], names: new Map() };

/** As a real one, it is heard of when it ends, also when it was told to. */
class SilentProcess extends SilentWorker<TagRequest> implements TagProcess {
	kill(): Promise<void> {
		this.exit("killed");
		return this.terminate();
	}
}

function silentClient() {
	const clock = new FakeClock();
	const processes: SilentProcess[] = [];
	const warnings: string[] = [];
	const readHere: string[] = [];
	const client = new TagClient({
		startProcess: () => {
			const started = new SilentProcess();
			processes.push(started);
			return started;
		},
		inThisThread: {
			read: (_languageId, text) => {
				readHere.push(text);
				return Promise.resolve(noTags);
			},
			dispose: () => Promise.resolve(),
		},
		logger: { ...nullLogger, warn: (message) => warnings.push(message) },
		clock,
	});
	return { clock, processes, warnings, readHere, client };
}

test("a real process answers as this thread does, in whatever language", async () => {
	const here = new TagReader(new Grammars(grammarFiles), queryFolder);
	const data = { runtime: grammarFiles.runtime, grammarFolder: grammarFiles.folder, queryFolder };
	const entryPoint = path.join(import.meta.dirname, "../../../../src/context/tagProcess.ts");
	const client = new TagClient({
		startProcess: () => startTagProcess(entryPoint, data),
		inThisThread: { read: () => Promise.reject(new Error("asked")), dispose: () => here.dispose() },
		logger: nullLogger,
	});
	const samples = [
		["typescript", 'import { a } from "./b";\nexport class C { d() { return a; } }\n'],
		["python", "from a import b\nclass C:\n    def d(self):\n        return b\n"],
		["plaintext", "nothing to parse"],
	] as const;
	const answers = await Promise.all(samples.map(([id, text]) => client.read(id, text)));
	expect(answers).toEqual(await Promise.all(samples.map(([id, text]) => here.read(id, text))));
	expect(answers.map((tags) => tags?.definitions.length)).toEqual([2, 2, undefined]);
	await client.dispose();
	await here.dispose();
});

test("the file that ends the process is the only one without tags", async () => {
	const { client, processes, warnings } = silentClient();
	const answers = ["first", "second", "third"].map((text) => client.read("go", text));
	processes[0]?.send({ kind: "started" });
	processes[0]?.send({ kind: "tags", id: 0, tags: noTags });
	processes[0]?.exit("out of memory");
	expect(processes[1]?.requests.map(({ text }) => text)).toEqual(["third"]);
	processes[1]?.send({ kind: "started" });
	processes[1]?.send({ kind: "tags", id: 2, tags: noTags });
	expect(await Promise.allSettled(answers)).toEqual([
		{ status: "fulfilled", value: noTags },
		{ status: "rejected", reason: new ParserEndedError("out of memory") },
		{ status: "fulfilled", value: noTags },
	]);
	expect(warnings).toEqual([]);
});

test("where no process can be started, files are read in this thread", async () => {
	const { client, processes, readHere, warnings } = silentClient();
	const early = client.read("go", "early");
	processes[0]?.exit("no such file");
	expect(await early).toEqual(noTags);
	expect(await client.read("go", "late")).toEqual(noTags);
	expect(readHere).toEqual(["early", "late"]);
	expect(processes).toHaveLength(1);
	expect(warnings).toHaveLength(1);
});

test("a process that doesn't answer is ended", async () => {
	const { client, clock, processes } = silentClient();
	const answer = client.read("go", "text");
	processes[0]?.send({ kind: "started" });
	const settled = expect(answer).rejects.toThrow(ParserEndedError);
	await clock.advance(600_000);
	expect(processes[0]?.isTerminated).toBe(true);
	await settled;
});

test("however long many files take together, a process that gets on is left alone", async () => {
	const { client, clock, processes } = silentClient();
	processes[0]?.send({ kind: "started" });
	const answers = Array.from({ length: 20 }, (_, index) => client.read("go", String(index)));
	for (let id = 0; id < 20; id++) {
		await clock.advance(300_000);
		expect(processes[0]?.isTerminated).toBe(false);
		processes[0]?.send({ kind: "tags", id, tags: noTags });
	}
	expect(await Promise.all(answers)).toHaveLength(20);
	expect(clock.sleepers).toBe(0);
});

test("a grammar that can't be loaded is said, and so is an answer that is none", async () => {
	const { client, processes } = silentClient();
	const first = expect(client.read("go", "1")).rejects.toThrow("no grammar");
	const second = expect(client.read("go", "2")).rejects.toThrow(ParserEndedError);
	processes[0]?.send({ kind: "failed", id: 0, message: "no grammar" });
	processes[0]?.send({ kind: "nonsense" });
	await Promise.all([first, second]);
});

test("whoever waits when it is disposed of gets nothing, and later too", async () => {
	const { client, processes } = silentClient();
	const answer = client.read("go", "text");
	await client.dispose();
	expect(await answer).toBeUndefined();
	expect(await client.read("go", "text")).toBeUndefined();
	expect(processes).toHaveLength(1);
});
