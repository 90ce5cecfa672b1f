import { describe, expect, test } from "vitest";
import { EngineError } from "../../../src/engine/errors.ts";
import { applied, check, CompletionBench } from "../../support/completionBench.ts";
import { settle } from "../../support/fakeClock.ts";

describe("one statement or the block that it opens", () => {
	test("a statement ends at its line", () =>
		check(
			"function f() {\n\tg();\n\t║\n}\n",
			"const a = 1;\n\tconst b = 2;\n",
			"function f() {\n\tg();\n\t├const a = 1;┤\n}\n",
		));

	test("a block goes to its bracket", () =>
		check(
			"function f() {\n\tg();\n\t║\n}\n",
			"if (a) {\n\t\tb();\n\t}\n\tc();\n",
			"function f() {\n\tg();\n\t├if (a) {\n\t\tb();\n\t}┤\n}\n",
		));

	test("the body of an empty function is written whole", () =>
		check(
			"function f(a) {\n\t║\n}\n",
			"const b = a;\n\treturn b;\n}\n\nfunction g() {\n",
			"function f(a) {\n\t├const b = a;\n\treturn b;┤\n}\n",
		));

	test("Python blocks end with their indentation", () =>
		check(
			"//- /a.py\ndef f(x):\n    y = 1\n    ║\n",
			"if x:\n        return 1\n    return 2\n",
			"def f(x):\n    y = 1\n    ├if x:\n        return 1┤\n",
		));

	test("a language without a grammar gets one line", () =>
		check("//- /a.txt\nDear ║\n", "Sir,\nI write\n", "Dear ├Sir,┤\n"));

	test("one line when several are switched off", () =>
		check("a();\n║\n", "if (a) {\n\tb();\n}\n", "a();\n├if (a) {┤\n", {}, { multiline: "never" }));

	test("up to a blank line when several are always wanted", () =>
		check(
			"a();\n║\n",
			"b();\nc();\n\nd();\n",
			"a();\n├b();\nc();┤\n",
			{},
			{ multiline: "always" },
		));

	test("no more than twelve lines", async () => {
		const lines = Array.from({ length: 30 }, (_, i) => `\tcall${i}();\n`);
		await check(
			"function f() {║\n}\n",
			`\n${lines.join("")}`,
			`function f() {├\n${lines.slice(0, 12).join("").trimEnd()}┤\n}\n`,
		);
	});

	test("what stands on the next line isn't written again", () =>
		check(
			"function f() {\n\t║\n\treturn sum;\n}\n",
			"const a = [\n\t\t1,\n\treturn sum;\n}\n",
			"function f() {\n\t├const a = [\n\t\t1,┤\n\treturn sum;\n}\n",
		));
});

describe("what a model writes is cleaned while it comes", () => {
	test("a fence doesn't end the statement, and isn't shown", () =>
		check(
			"function f() {\n\tg();\n\t║\n}\n",
			"```ts\nif (a) {\n  b();\n}\n```\nThis calls b.",
			"function f() {\n\tg();\n\t├if (a) {\n\t\tb();\n\t}┤\n}\n",
		));

	test("typing along goes on with what is shown, not with what was written", async () => {
		const bench = new CompletionBench();
		bench.engine.enqueue({ kind: "answer", text: "const total = \u202e1 + 2;\n" });
		expect(await bench.documentAfter("const total = ║\n")).toBe("const total = ├1 + 2;┤\n");
		expect(await bench.documentAfter("const total = 1 +║\n")).toBe("const total = 1 +├ 2;┤\n");
		expect(bench.engine.requests.length).toBe(1);
	});
});

describe("places", () => {
	test.each([
		["foo(║);", "a, b", "foo(├a, b┤);"],
		["const a = ║b;", "c", { none: "insideLine" }],
		["con║st", "c", { none: "insideWord" }],
	] as const)("while typing: %s", async (fixture, answer, expected) =>
		check(fixture, answer, expected),
	);

	test("when asked for, also within a line, but not within a word", async () => {
		const invoked = { trigger: "invoked" } as const;
		await check("const a = ║b;", "c + ", "const a = ├c + ┤b;", invoked);
		await check("con║st a = b;", "c", { none: "insideWord" }, invoked);
	});

	test("comments and strings where the settings allow it, and when asked for", async () => {
		const off = { inComments: false, inStrings: false };
		await check("// Add║\n", "s.", "// Add├s.┤\n");
		await check("// Add║\n", "s.", { none: "unsuitablePosition" }, {}, off);
		await check('f("Add║");\n', "s", { none: "unsuitablePosition" }, {}, off);
		await check("// Add║\n", "s.", "// Add├s.┤\n", { trigger: "invoked" }, off);
	});

	test("offsets outside the text, in a surrogate pair, or in a line break are refused", async () => {
		for (const [text, offset] of [
			["abc", 4],
			["abc", -1],
			["a🙂", 2],
			["a\r\nb", 2],
		] as const) {
			await check("║", "a", { none: "unsuitablePosition" }, { text, offset });
		}
	});

	test("binary and huge documents are refused", async () => {
		await check("a\0║", "b", { none: "unsuitableDocument" });
		const text = "a".repeat(2_000_001);
		await check("║", "b", { none: "unsuitableDocument" }, { text, offset: 5 });
	});
});

describe("text at the edges", () => {
	test("an empty file, no final newline, the very start", async () => {
		await check("║", "a();", "├a();┤");
		await check("a();\nb║", "();", "a();\nb├();┤");
		await check("║\nb();", "a();", "├a();┤\nb();");
	});

	test("CRLF documents get CRLF, and right ranges", () =>
		check(
			"a();\r\nfunction f() {\r\n\tg(║);\r\n}\r\n",
			"() => {\n\t\th();\n\t});\n",
			"a();\r\nfunction f() {\r\n\tg(├() => {\r\n\t\th();\r\n\t});┤\r\n}\r\n",
		));

	test("astral characters and lone surrogates at the cursor", async () => {
		await check('const a = "🙂║";', "🙃🙃", 'const a = "🙂├🙃🙃┤";');
		await check("a\ud83d║", "();", "a\ud83d├();┤");
	});

	test("a byte order mark stays where it is", () => check("\ufeffa║", "();", "\ufeffa├();┤"));

	test("a token that began before the cursor is finished", async () => {
		const bench = new CompletionBench();
		bench.engine.enqueue({ kind: "answer", text: "st a = 1;" });
		expect(await bench.documentAfter("con║\n")).toBe("con├st a = 1;┤\n");
		expect(Buffer.from(bench.engine.requests[0]?.healBytes ?? []).toString()).toBe("con");
	});
});

describe("the selected suggestion", () => {
	test("is extended, and its range replaced", () =>
		check("console.lo║\n", "(a);", "console.├log(a);┤\n", {
			selectedSuggestion: { text: "log", start: 8, end: 10 },
		}));

	test("of several lines is refused", () =>
		check(
			"fo║\n",
			"(a);",
			{ none: "unsuitablePosition" },
			{
				selectedSuggestion: { text: "for\n", start: 0, end: 2 },
			},
		));
});

describe("confidence", () => {
	test("an engine that isn't sure of anything", () =>
		check(
			"a ║\n",
			{ kind: "answer", text: "", finishReason: "unlikely" },
			{ none: "notConfident" },
		));

	test("an answer without text", async () => {
		await check("a ║\n", "", { none: "emptyResult" });
		await check("a ║\n", "  \n", { none: "emptyResult" });
	});

	test("half a name is cut off, a known one is kept", async () => {
		const unlikely = (text: string) =>
			({ kind: "answer", text, finishReason: "unlikely" }) as const;
		await check(
			"const user = 1;\nconst a = ║\n",
			unlikely("user"),
			"const user = 1;\nconst a = ├user┤\n",
		);
		await check(
			"const user = 1;\nconst a = ║\n",
			unlikely("read(use"),
			"const user = 1;\nconst a = ├read(┤\n",
		);
		await check("const user = 1;\nconst a = us║\n", unlikely("e"), { none: "notConfident" });
		await check(
			"const user = 1;\nconst a = us║\n",
			unlikely("er"),
			"const user = 1;\nconst a = us├er┤\n",
		);
	});

	test("the gate goes to the engine, with the stop tokens and the order of requests", async () => {
		const bench = new CompletionBench();
		bench.engine.enqueue({ kind: "answer", text: "a" });
		await bench.provide("║");
		expect(bench.engine.requests[0]).toMatchObject({
			minJointProbability: 0.7,
			priority: "completion",
			supersedeKey: "completion",
			sampling: { temperature: 0 },
			maxNewTokens: 128,
		});
	});
});

describe("faults", () => {
	test("an engine that fails is logged once, until it has worked again; provide never rejects", async () => {
		const bench = new CompletionBench();
		const error = new EngineError(
			"processDied",
			"The engine's process ended; it is started again.",
		);
		const fail = { kind: "fail", error } as const;
		bench.engine.enqueue(fail, fail, { kind: "answer", text: "xyz" }, fail);
		const none = { none: "engineUnavailable" };
		expect([
			await bench.documentAfter("a║"),
			await bench.documentAfter("b║"),
			await bench.documentAfter("c║"),
			await bench.documentAfter("d║"),
		]).toEqual([none, none, "c├xyz┤", none]);
		const line = "No completion: The engine's process ended; it is started again.";
		expect(bench.log).toEqual([line, line]);
	});

	test("a bug is logged with its stack", async () => {
		const bench = new CompletionBench();
		bench.engine.enqueue({ kind: "fail", error: new TypeError("x is undefined") });
		expect(await bench.documentAfter("a║")).toEqual({ none: "engineUnavailable" });
		expect(bench.log.join()).toMatch(
			/because of a bug in this extension: TypeError: x is undefined/,
		);
	});
});

test("a syntax service that fails ends the request, and the engine's work for it", async () => {
	const fails = (): Promise<never> => Promise.reject(new TypeError("no tree"));
	const position = { kind: "code" } as const;
	const bench = new CompletionBench({
		syntax: {
			positionAt: () => Promise.resolve(position),
			extentOf: fails,
			dispose: fails,
		},
	});
	bench.engine.enqueue({ kind: "answer", text: "a();\nb();\nc();\n" });
	expect(await bench.documentAfter("║")).toEqual({ none: "engineUnavailable" });
	expect(bench.log.join()).toMatch(/TypeError: no tree/);
	expect(bench.engine.signals.map(({ aborted }) => aborted)).toEqual([true]);
	await settle();
	expect(bench.engine.ends).toEqual(["aborted"]);
});

describe("the wait after a key", () => {
	test("the engine is asked when it is over, and not before", async () => {
		const bench = new CompletionBench();
		bench.engine.enqueue({ kind: "answer", text: "abc" });
		const outcome = bench.provide("║", {}, { debounceMs: 50 });
		await bench.clock.advance(49);
		expect(bench.engine.requests.length).toBe(0);
		await bench.clock.advance(1);
		expect(await outcome).toMatchObject({ kind: "completion" });
	});

	test("the editor's own wait counts: the engine is asked at once when the key is old enough", async () => {
		const bench = new CompletionBench();
		bench.engine.enqueue({ kind: "answer", text: "abc" });
		const outcome = bench.provide("║", { keyAgeMs: 52 }, { debounceMs: 40 });
		await bench.clock.advance(0);
		expect(bench.engine.requests.length).toBe(1);
		expect(await outcome).toMatchObject({ kind: "completion" });
	});

	test("what is left of the wait is waited for", async () => {
		const bench = new CompletionBench();
		bench.engine.enqueue({ kind: "answer", text: "abc" });
		const outcome = bench.provide("║", { keyAgeMs: 52 }, { debounceMs: 60 });
		await bench.clock.advance(7);
		expect(bench.engine.requests.length).toBe(0);
		await bench.clock.advance(1);
		expect(await outcome).toMatchObject({ kind: "completion" });
	});

	test("a newer key ends the wait of the older", async () => {
		const bench = new CompletionBench();
		bench.engine.enqueue({ kind: "answer", text: "abc" });
		const first = bench.provide("x║", {}, { debounceMs: 50 });
		await bench.clock.advance(20);
		const second = bench.provide("xy║", {}, { debounceMs: 50 });
		await bench.clock.advance(50);
		expect([await first, await second]).toMatchObject([
			{ reason: "superseded" },
			{ kind: "completion" },
		]);
		expect(bench.engine.requests.length).toBe(1);
	});

	test("asking for a completion and accepting one don't wait", async () => {
		const bench = new CompletionBench();
		bench.engine.enqueue({ kind: "answer", text: "abc" }, { kind: "answer", text: "bcd" });
		const config = { debounceMs: 50 };
		const outcome = await bench.provide("x║", { trigger: "invoked" }, config);
		if (outcome.kind === "completion") {
			bench.provider.didAccept(outcome.completion);
		}
		expect(outcome).toMatchObject({ kind: "completion" });
		expect(await bench.provide("xa║", {}, config)).toMatchObject({ kind: "completion" });
	});
});

test("every call is reported once, without source text", async () => {
	const bench = new CompletionBench();
	bench.engine.enqueue({ kind: "answer", text: "secret();" });
	await bench.provide("║");
	await bench.provide("║");
	await bench.provide("a║b");
	await settle();
	expect(
		bench.traces.map(({ outcome, stats }) => [
			outcome.kind === "completion" ? outcome.completion.origin : outcome.reason,
			stats?.generatedTokens !== undefined,
		]),
	).toEqual([
		["model", true],
		["cache", false],
		["insideWord", false],
	]);
	expect(bench.log).toEqual([]);
});

test("a completion as the editor applies it keeps everything outside its range", async () => {
	const bench = new CompletionBench();
	bench.engine.enqueue({ kind: "answer", text: "a, b);" });
	const request = {
		path: "a.ts",
		languageId: "typescript",
		text: "x\r\nfoo()\r\ny",
		offset: 7,
		trigger: "automatic",
	} as const;
	const outcome = await bench.provide("║", request);
	expect(applied(request, outcome)).toBe("x\r\nfoo(├a, b);┤\r\ny");
});
