import { describe, expect, test } from "vitest";
import { LanguageModelError } from "../../../src/languageModel/errors.ts";
import { CompletionBench } from "../../support/completionBench.ts";
import { settle } from "../../support/fakeClock.ts";
import { ScriptedInfill, type InfillScript } from "../../support/scriptedInfill.ts";

const down = new LanguageModelError("serverUnreachable", "The server doesn't answer; start it.");

function benchWith(...scripts: InfillScript[]): { bench: CompletionBench; server: ScriptedInfill } {
	const server = new ScriptedInfill();
	server.enqueue(...scripts);
	return { bench: new CompletionBench({ server: () => server }), server };
}

describe("completions of a server", () => {
	test("are what it writes, and the engine isn't asked", async () => {
		const { bench, server } = benchWith({ kind: "answer", deltas: ["con", "st b", " = 1;"] });
		expect(await bench.documentAfter("a();\n║\n")).toBe("a();\n├const b = 1;┤\n");
		expect(bench.engine.requests).toEqual([]);
		expect(server.requests).toMatchObject([
			{ prefix: "a();\n", suffix: "\n", languageId: "typescript", minJointProbability: 0.7 },
		]);
	});

	test("end where the statement ends, and the server is told", async () => {
		const { bench, server } = benchWith({
			kind: "hold",
			deltas: ["foo(\n", "\t1,\n", ");\n", "bar();\n"],
		});
		expect(await bench.documentAfter("a();\n║\n")).toBe("a();\n├foo(\n\t1,\n);┤\n");
		await settle();
		expect(server.signals[0]?.aborted).toBe(true);
	});

	test("have the document's line breaks, whatever the server's are", async () => {
		const { bench } = benchWith({ kind: "answer", deltas: ["{\r", "\n\tb();\r\n}\r\n"] });
		expect(await bench.documentAfter("if (a) ║\n")).toBe("if (a) ├{\n\tb();\n}┤\n");
	});

	test("within a line are as much as leaves the line whole", async () => {
		const { bench } = benchWith(
			{ kind: "answer", deltas: ["bar", ", baz("] },
			{ kind: "answer", deltas: [" && (", "b"] },
		);
		expect(await bench.documentAfter("foo(a, ║c);\n")).toBe("foo(a, ├bar, ┤c);\n");
		expect(await bench.documentAfter("if (a║ && ok) {\n")).toEqual({ none: "notConfident" });
	});

	test("are typed on like any other", async () => {
		const { bench, server } = benchWith({ kind: "answer", deltas: ["const b = 1;"] });
		await bench.provide("a();\n║\n");
		expect(await bench.documentAfter("a();\nco║\n")).toBe("a();\nco├nst b = 1;┤\n");
		expect(server.requests.length).toBe(1);
	});

	test("that are too unlikely end before the word that is", async () => {
		const { bench } = benchWith({ kind: "answer", deltas: ["const b = fooB"], end: "unlikely" });
		expect(await bench.documentAfter("a();\n║\n")).toBe("a();\n├const b =┤\n");
	});

	test.each([
		{ path: ".env", text: "PASSWORD=hunter2\nX=║\n" },
		{ path: "config/credentials.json", text: '{ "token": "hunter2", "x": ║ }\n' },
		{ path: "config", isSecret: true, text: "hunter2\nx = ║\n" },
		{
			path: "notes.txt",
			text: `-----BEGIN PRIVATE KEY-----\n${"A".repeat(64)}\n${"B".repeat(64)}\nhunter2 ║\n`,
		},
	])(
		"of a document that may hold credentials ($path) are the engine's",
		async ({ text, ...document }) => {
			const { bench, server } = benchWith({ kind: "answer", deltas: ["server"] });
			bench.engine.enqueue({ kind: "answer", text: "engine" });
			expect(await bench.provide(text, document)).toMatchObject({
				completion: { insertText: "engine" },
			});
			expect(server.requests).toEqual([]);
			expect(bench.engine.requests).toMatchObject([{ mayPersist: false }]);
		},
	);

	test("come from the engine when the server is down", async () => {
		const { bench } = benchWith({ kind: "fail", error: down });
		bench.engine.enqueue({ kind: "answer", text: "const c = 2;" });
		expect(await bench.documentAfter("a();\n║\n")).toBe("a();\n├const c = 2;┤\n");
		// What the server's status says is not said again with each key.
		expect(bench.log).toEqual([]);
	});

	test("come from the engine when the server lets one wait, and its request is cancelled", async () => {
		const { bench, server } = benchWith({ kind: "hold", deltas: [] });
		bench.engine.enqueue({ kind: "answer", text: "const c = 2;" });
		const outcome = bench.documentAfter("a();\n║\n");
		await bench.clock.advance(1499);
		expect(bench.engine.requests).toEqual([]);
		await bench.clock.advance(1);
		expect(await outcome).toBe("a();\n├const c = 2;┤\n");
		expect(server.signals[0]?.aborted).toBe(true);
	});

	test("that have begun are not cut off by that", async () => {
		const { bench, server } = benchWith({ kind: "hold", deltas: ["foo(\n"] });
		const controller = new AbortController();
		const outcome = bench.provide("a();\n║\n", {}, {}, controller.signal);
		await bench.clock.advance(5000);
		expect(server.signals[0]?.aborted).toBe(false);
		controller.abort();
		expect(await outcome).toEqual({ kind: "none", reason: "cancelled" });
	});

	test("are cancelled on the wire when another place is asked for", async () => {
		const { bench, server } = benchWith(
			{ kind: "hold", deltas: [] },
			{ kind: "answer", deltas: ["x = 1;"] },
		);
		const first = bench.provide("a();\n║\n");
		await settle();
		expect(await bench.documentAfter("b();\n║\n")).toBe("b();\n├x = 1;┤\n");
		expect(await first).toEqual({ kind: "none", reason: "superseded" });
		expect(server.signals[0]?.aborted).toBe(true);
	});

	test("stop as soon as the user has chosen no server any more", async () => {
		const server = new ScriptedInfill();
		server.enqueue({ kind: "answer", deltas: ["x = 1;"] });
		let chosen: ScriptedInfill | undefined = server;
		const bench = new CompletionBench({ server: () => chosen });
		await bench.provide("a();\n║\n");
		chosen = undefined;
		bench.engine.enqueue({ kind: "answer", text: "y = 1;" });
		expect(await bench.documentAfter("b();\n║\n")).toBe("b();\n├y = 1;┤\n");
		expect(server.requests.length).toBe(1);
	});
});
