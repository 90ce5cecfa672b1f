import { expect, test } from "vitest";
import { EngineError } from "../../../src/engine/errors.ts";
import { CompletionBench } from "../../support/completionBench.ts";
import { settle } from "../../support/fakeClock.ts";

const lines = (count: number): string =>
	Array.from({ length: count }, (_, i) => `const value${i} = areaOf(${i}, width);\n`).join("");
const long = (cursorLine: string): string => `${lines(60)}${cursorLine}║\n${lines(60)}`;

const standIn = (text: string) => ({ kind: "answer", text, isStandIn: true }) as const;

test("who types has the nearest lines answered, where there are many more", async () => {
	const bench = new CompletionBench();
	bench.engine.enqueue({ kind: "answer", text: "1;" });
	await bench.provide(long("const a = "));
	const [asked] = bench.engine.requests;
	const [nearest] = asked?.standIns?.prompts ?? [];
	expect(nearest?.length).toBeLessThanOrEqual(asked?.standIns?.maxUnreadTokens ?? 0);
	expect(nearest?.length).toBeGreaterThan(60);
	expect(asked?.prompt.length).toBeGreaterThan(600);
	// What stands before the cursor is the same, and so is what the answer begins with.
	expect(nearest?.slice(-30)).toEqual(asked?.prompt.slice(-30));
});

test("who asks for a completion and waits, and a short document, have the whole prompt", async () => {
	const bench = new CompletionBench();
	bench.engine.enqueue({ kind: "answer", text: "1;" }, { kind: "answer", text: "1;" });
	await bench.provide(long("const a = "), { trigger: "invoked" });
	await bench.provide("const a = ║;\n");
	expect(bench.engine.requests.map(({ standIns }) => standIns)).toEqual([undefined, undefined]);
});

test("behind an answer that did without, the whole prompt is read", async () => {
	const bench = new CompletionBench();
	bench.engine.enqueue(standIn("1;"), { kind: "answer", text: "" });
	await bench.provide(long("const a = "));
	await bench.provider.settled();
	const [asked, read] = bench.engine.requests;
	expect(read).toMatchObject({ maxNewTokens: 0, priority: "background" });
	expect(read?.prompt).toEqual(asked?.prompt);
	// So that a request for a later key takes its place.
	expect(read?.supersedeKey).toBe(asked?.supersedeKey);
});

test("behind an answer to the whole prompt nothing is left to read", async () => {
	const bench = new CompletionBench();
	bench.engine.enqueue({ kind: "answer", text: "1;" });
	await bench.provide(long("const a = "));
	await bench.provider.settled();
	expect(bench.engine.requests).toHaveLength(1);
});

test("reading goes on while what is known is shown, and ends when the engine is asked again", async () => {
	const bench = new CompletionBench();
	bench.engine.enqueue(
		standIn("first(1);"),
		{ kind: "hold", text: "" },
		{ kind: "answer", text: "2;" },
	);
	await bench.provide(long("const a = "));
	await settle();
	await bench.provide(long("const a = f"));
	expect(bench.engine.ends).toEqual(["stop"]);
	await bench.provide(long("const a = g"));
	expect(bench.engine.ends).toEqual(["stop", "aborted", "stop"]);
	expect(bench.engine.requests).toHaveLength(3);
});

test("it ends with the provider", async () => {
	const bench = new CompletionBench();
	bench.engine.enqueue(standIn("1;"), { kind: "hold", text: "" });
	await bench.provide(long("const a = "));
	await settle();
	bench.provider.dispose();
	await bench.provider.settled();
	expect(bench.engine.ends).toEqual(["stop", "aborted"]);
});

test("an engine that fails to read is a line in the log", async () => {
	const bench = new CompletionBench();
	const error = new EngineError("processDied", "The engine's process ended; it is started again.");
	bench.engine.enqueue(standIn("1;"), { kind: "fail", error });
	await bench.provide(long("const a = "));
	await bench.provider.settled();
	expect(bench.log).toHaveLength(1);
});
