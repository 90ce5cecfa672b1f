import { describe, expect, test } from "vitest";
import type {
	CompletionConfig,
	CompletionOutcome,
	CompletionRequest,
	NoCompletionReason,
} from "../../../src/completion/completionProvider.ts";
import { answerFigures } from "../../../src/completion/answerFigures.ts";
import { percent, silenceSteps } from "../../../src/completion/silenceSteps.ts";
import { EngineError } from "../../../src/engine/errors.ts";
import { CompletionBench } from "../../support/completionBench.ts";
import { settle } from "../../support/fakeClock.ts";
import type { EngineScript } from "../../support/scriptedEngine.ts";

interface Case {
	readonly fixture: string;
	readonly script?: EngineScript;
	readonly request?: Partial<CompletionRequest>;
	readonly config?: Partial<CompletionConfig>;
}

/** The outcome of a call of the real pipeline, and its way in sentences, the last one with its mark. */
async function explained({ fixture, script, request, config }: Case): Promise<{
	readonly reason: string;
	readonly texts: readonly string[];
	readonly last: string;
}> {
	const bench = new CompletionBench();
	if (script !== undefined) {
		bench.engine.enqueue(script);
	}
	await bench.provide(fixture, request, config);
	await settle();
	const [call] = bench.traces;
	if (call === undefined) {
		throw new Error("the call was not reported");
	}
	const steps = silenceSteps(call.outcome, call.trace, call.stats);
	const last = steps.at(-1);
	return {
		reason: call.outcome.kind === "none" ? call.outcome.reason : "completion",
		texts: steps.map(({ text }) => text),
		last: `${last?.state ?? ""}: ${last?.text ?? ""}`,
	};
}

const answer = (
	text: string,
	rest: Partial<EngineScript & { kind: "answer" }> = {},
): EngineScript => ({
	kind: "answer",
	text,
	...rest,
});

describe("the last step says where the way ended, with the figures", () => {
	test.each<[string, Case, NoCompletionReason, RegExp]>([
		[
			"a document that is no text",
			{ fixture: "a\0b║" },
			"unsuitableDocument",
			/^stopped: The document holds a character that texts don't have\.$/,
		],
		[
			"a document that is too long",
			{ fixture: `║${"a".repeat(2_000_001)}` },
			"unsuitableDocument",
			/^stopped: The document has 2,000,001 characters; no more than 2,000,000 are completed in\.$/,
		],
		[
			"a cursor outside the document",
			{ fixture: "a║", request: { offset: 99 } },
			"unsuitablePosition",
			/^stopped: The cursor, .* is at no place for a text\.$/,
		],
		[
			"a cursor within a word",
			{ fixture: "const na║me = 1;\n" },
			"insideWord",
			/^stopped: The cursor stands within a word\.$/,
		],
		[
			"a line that is too long",
			{ fixture: `f(║ ${"a + ".repeat(120)}b);\n` },
			"lineTooLong",
			/^stopped: .*longer than somebody writes \(400 characters\)\.$/,
		],
		[
			"a comment where comments are off",
			{ fixture: "// add ║\n", config: { inComments: false } },
			"unsuitablePosition",
			/^stopped: The cursor stands in a comment, and mote\.completion\.inComments is off\.$/,
		],
		[
			"a string where strings are off",
			{ fixture: 'const a = "add ║";\n', config: { inStrings: false } },
			"unsuitablePosition",
			/^stopped: The cursor stands in a string, and mote\.completion\.inStrings is off\.$/,
		],
		[
			"a beginning that is less sure than the gate",
			{ fixture: "const a = ║\n", script: answer("foo(bar);", { probability: 0.4 }) },
			"notConfident",
			/^stopped: What the model would begin with is right with 40 %; what is shown has to be with 70 % /,
		],
		[
			"an answer that saves too little",
			{ fixture: "const a = ║\n", script: answer("b") },
			"notConfident",
			/^stopped: What is likely enough, with 100 % at its start and 70 % at least, saves 0 keys on average; it has to be 1 or more\.$/,
		],
		[
			"an answer of white space",
			{ fixture: "const a = 1;║\n", script: answer("  \n") },
			"emptyResult",
			/^stopped: That was nothing but white space, or what stands there already\.$/,
		],
		[
			"an answer without a word",
			{ fixture: "const a = 1;║\n", script: answer("") },
			"emptyResult",
			/^stopped: The model ended at once: to it, nothing is missing here\.$/,
		],
		[
			"a copy of the next line",
			{
				fixture: "function f() {\n\t║\n\treturn total;\n}\n",
				script: answer("return total;\n}"),
			},
			"filteredOut",
			/^stopped: A filter \(nextLineCopy\) rejected the answer\. The answer only copied the line that comes next\.$/,
		],
		[
			"an engine that fails",
			{
				fixture: "const a = ║\n",
				script: {
					kind: "fail",
					error: new EngineError("processGaveUp", "It gave up; restart it."),
				},
			},
			"engineUnavailable",
			/^stopped: The model could not be asked\. It gave up; restart it\.$/,
		],
		[
			"a bug",
			{ fixture: "const a = ║\n", script: { kind: "fail", error: new TypeError("/home/me/x") } },
			"engineUnavailable",
			/^stopped: The model could not be asked\. A bug in this extension; the log has more\.$/,
		],
	])("%s", async (_what, given, reason, last) => {
		const told = await explained(given);
		expect(told.reason).toBe(reason);
		expect(told.last).toMatch(last);
	});

	test("a suggestion stops nowhere", async () => {
		const told = await explained({ fixture: "const a = ║\n", script: answer("foo(bar);\n") });
		expect(told.reason).toBe("completion");
		expect(told.last).toMatch(
			/^passed: The model wrote \d+ tokens in 2 ms, the first after 1 ms\.$/,
		);
		expect(told.texts).toEqual([
			"A key asked, or the cursor's move, in typescript.",
			"The document has 11 characters.",
			"The cursor's line has room for a suggestion.",
			"There was no wait.",
			"The cursor stands in code.",
			"Nothing of other files went along.",
			expect.stringMatching(
				/^The prompt has \d+ tokens, of at most 1,000: 0 were known, \d+ were read, after 0 ms in the queue\.$/,
			),
			expect.stringMatching(/^The model wrote/),
		]);
	});

	test("who types on reads that the request was withdrawn while the model wrote", async () => {
		const bench = new CompletionBench();
		bench.engine.enqueue({ kind: "hold", text: "foo" });
		const controller = new AbortController();
		const ended = bench.provide("const a = ║\n", {}, {}, controller.signal);
		await settle();
		controller.abort();
		await ended;
		await settle();
		const [call] = bench.traces;
		const steps = call === undefined ? [] : silenceSteps(call.outcome, call.trace, call.stats);
		expect(steps.at(-1)).toEqual({
			state: "stopped",
			text: "The editor withdrew the request: a key or a move of the cursor came.",
		});
	});

	test("the wait is told with the setting that asks for it", async () => {
		const bench = new CompletionBench();
		bench.engine.enqueue(answer("foo(bar);\n"));
		const ended = bench.provide("const a = ║\n", {}, { debounceMs: 40 });
		await bench.clock.advance(40);
		await ended;
		await settle();
		const [call] = bench.traces;
		const steps = call === undefined ? [] : silenceSteps(call.outcome, call.trace, call.stats);
		expect(steps.map(({ text }) => text)).toContain(
			"Waited another 40 ms, so that at least 40 lie between the key and the question (mote.completion.debounceMs, or more while the machine is very busy).",
		);
	});

	test("what was known already asks nobody, and says so", async () => {
		const bench = new CompletionBench();
		bench.engine.enqueue(answer("foo(bar);\n"));
		await bench.provide("const a = ║\n");
		await settle();
		await bench.provide("const a = fo║\n");
		await settle();
		const known = bench.traces[1];
		expect(known && silenceSteps(known.outcome, known.trace, known.stats).at(-1)?.text).toBe(
			"What was written before goes on here, so that nobody was asked again.",
		);
	});
});

/** Where each reason of the pipeline may come from. */
const stages = [
	{ waitMs: undefined, position: undefined, wasAsked: false },
	{ waitMs: 40, position: "code", wasAsked: false },
	{ waitMs: 40, position: "comment", wasAsked: false },
	{ waitMs: 0, position: "code", wasAsked: true },
] as const;

const reasons: Readonly<Record<NoCompletionReason, readonly number[]>> = {
	disabled: [0],
	snoozed: [0],
	onBattery: [0],
	unsuitablePosition: [0, 2],
	insideWord: [0],
	insideLine: [0, 2],
	lineTooLong: [0],
	unsuitableDocument: [0],
	cancelled: [0, 1, 3],
	superseded: [0, 1, 3],
	notConfident: [3],
	emptyResult: [3],
	filteredOut: [0, 3],
	engineUnavailable: [0, 1, 3],
};

test("every silence has exactly one step that stopped it, which is the last", async () => {
	const bench = new CompletionBench();
	bench.engine.enqueue(answer("foo(bar);\n"));
	await bench.provide("const a = ║\n");
	await settle();
	const [call] = bench.traces;
	if (call === undefined) {
		throw new Error("the call was not reported");
	}
	for (const [reason, where] of Object.entries(reasons) as [NoCompletionReason, number[]][]) {
		for (const at of where) {
			const outcome: CompletionOutcome = { kind: "none", reason };
			for (const stats of [call.stats, undefined]) {
				const steps = silenceSteps(outcome, { ...call.trace, ...stages[at] }, stats);
				const stops = steps.map(({ state }) => state === "stopped");
				expect([reason, at, stops.indexOf(true)]).toEqual([reason, at, steps.length - 1]);
				for (const { text } of steps) {
					expect(text).toMatch(/^[A-Z].*[.)]$/);
					expect(text).not.toMatch(/undefined|NaN/);
				}
			}
		}
	}
});

test("a probability below the gate never reads as if it reached it", () => {
	expect([percent(0.83), percent(0.82999), percent(1), percent(0.005), percent(0)]).toEqual([
		"83 %",
		"82.9 %",
		"100 %",
		"0.5 %",
		"0 %",
	]);
});

test("what is likely enough counts for what it saves, and the shortest beginning for how likely it is", () => {
	const marks = [
		{ end: 1, probability: 0.99 },
		{ end: 4, probability: 0.9 },
		{ end: 8, probability: 0.5 },
	];
	const written = { text: " foo.bar", marks, stoppedBy: "stop" as const };
	const worth = { minProbability: 0.8, minSavedKeys: 3 };
	const { mostSavedKeys, ...figures } = answerFigures(written, { slot: undefined }, worth);
	expect(figures).toEqual({ length: 8, stoppedBy: "stop", firstProbability: 0.9 });
	expect(mostSavedKeys).toBeCloseTo(2.7);
});
