import { expect, test } from "vitest";
import { EngineError } from "../../../src/engine/errors.ts";
import { CompletionBench } from "../../support/completionBench.ts";
import { settle } from "../../support/fakeClock.ts";
import { ScriptedInfill } from "../../support/scriptedInfill.ts";

const nothing = { kind: "answer", text: "" } as const;

test("what is prepared is the prompt of a completion at the same place, behind everything else", async () => {
	const bench = new CompletionBench();
	bench.engine.enqueue(nothing, { kind: "answer", text: "1" });
	await bench.prepare("const a = ║;\n");
	await bench.provide("const a = ║;\n");
	const [prepared, asked] = bench.engine.requests;
	expect(prepared).toMatchObject({ maxNewTokens: 0, priority: "background" });
	expect(prepared?.prompt).toEqual(asked?.prompt);
	// So that the one takes the place of the other.
	expect(prepared?.supersedeKey).toBe(asked?.supersedeKey);
});

test("what is read may be kept for the next window, unless the document looks like a secret", async () => {
	const bench = new CompletionBench();
	bench.engine.enqueue(...Array.from({ length: 6 }, () => nothing));
	const key = `-----BEGIN PRIVATE KEY-----\n${"MIIEvQIBADANBgkq".repeat(4)}\n${"hkiG9w0BAQEFAASC".repeat(4)}\n`;
	for (const document of [
		"//- /a.ts\nconst a = ║;\n",
		"//- /.env\nTOKEN=║\n",
		`//- /b.ts\nconst key = \`${key}\`;\nconst a = ║;\n`,
	]) {
		await bench.prepare(document);
		await bench.provide(document);
	}
	expect(bench.engine.requests.map(({ mayPersist }) => mayPersist)).toEqual([
		...[true, true],
		...[false, false, false, false],
	]);
});

test("a completion that is asked for ends what is being prepared", async () => {
	const bench = new CompletionBench();
	bench.engine.enqueue({ kind: "hold", text: "" }, { kind: "answer", text: "123" });
	const preparing = bench.prepare("const a = ║;\n");
	await settle();
	const document = await bench.documentAfter("const a = ║;\n");
	await preparing;
	expect(bench.engine.ends).toEqual(["aborted", "stop"]);
	expect(document).toBe("const a = ├123┤;\n");
});

test("whoever moves on ends it", async () => {
	const bench = new CompletionBench();
	bench.engine.enqueue({ kind: "hold", text: "" });
	const moved = new AbortController();
	const preparing = bench.prepare("const a = ║;\n", moved.signal);
	await settle();
	moved.abort();
	await preparing;
	expect(bench.engine.ends).toEqual(["aborted"]);
});

test("nothing is prepared while an answer is being written", async () => {
	const bench = new CompletionBench();
	bench.engine.enqueue({ kind: "hold", text: "" });
	const asked = bench.provide("const a = ║;\n");
	await settle();
	await bench.prepare("const a = ║;\n");
	expect(bench.engine.requests).toHaveLength(1);
	await bench.engine.release();
	await asked;
});

test("nothing is prepared while a request waits: it would take the engine from it", async () => {
	const bench = new CompletionBench();
	bench.engine.enqueue({ kind: "answer", text: "123" });
	const asked = bench.provide("const a = ║;\n", {}, { debounceMs: 50 });
	await settle();
	await bench.prepare("const a = ║;\n");
	expect(bench.engine.requests).toEqual([]);
	await bench.clock.advance(50);
	expect(await asked).toMatchObject({ kind: "completion" });
	expect(bench.engine.requests).toHaveLength(1);
});

test("no server hears of it, and the engine has nothing to read for one", async () => {
	const server = new ScriptedInfill();
	const bench = new CompletionBench({ server: () => server });
	await bench.prepare("const a = ║;\n");
	expect([server.requests, bench.engine.requests]).toEqual([[], []]);
});

test("an engine that fails is one line in the log, once", async () => {
	const bench = new CompletionBench();
	const error = new EngineError("processDied", "The engine's process ended; it is started again.");
	bench.engine.enqueue({ kind: "fail", error }, { kind: "fail", error });
	await bench.prepare("const a = ║;\n");
	await bench.prepare("const b = ║;\n");
	expect(bench.log).toHaveLength(1);
});

test("what is given up with its window is no line in the log, however its engine ends", async () => {
	const error = new EngineError("disposed", "The engine was shut down.");
	const failing = { kind: "fail", error, whenAborted: true } as const;
	const prepared = new CompletionBench();
	prepared.engine.enqueue(failing);
	const preparing = prepared.prepare("const a = ║;\n");
	await settle();
	prepared.provider.dispose();
	await preparing;
	const readBehind = new CompletionBench();
	readBehind.engine.enqueue({ kind: "answer", text: "1", isStandIn: true }, failing);
	await readBehind.provide("const a = ║;\n");
	await settle();
	readBehind.provider.dispose();
	await readBehind.provider.settled();
	expect([prepared, readBehind].map(({ engine }) => engine.requests.length)).toEqual([1, 2]);
	expect([...prepared.log, ...readBehind.log]).toEqual([]);
});
