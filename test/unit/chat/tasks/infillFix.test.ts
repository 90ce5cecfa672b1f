import { afterAll, describe, expect, test } from "vitest";
import {
	fixByInfilling,
	type FixOutcome,
	type TryCandidate,
} from "../../../../src/chat/tasks/infillFix.ts";
import { LocalSyntax } from "../../../../src/context/syntax/localSyntax.ts";
import type { InfillRequest } from "../../../../src/languageModel/languageModel.ts";
import { AnsweringInfillModel, type HoleFilling } from "../../../support/answeringModels.ts";
import { grammarFiles } from "../../../support/grammarFiles.ts";

const syntax = new LocalSyntax(grammarFiles);

afterAll(() => syntax.dispose());

interface Given {
	/** With the problem between `├` and `┤`. */
	readonly text: string;
	/** All that may change; the whole text by default. */
	readonly allowed?: string;
	readonly respond: (request: InfillRequest) => HoleFilling;
	readonly tryCandidate?: TryCandidate;
	readonly controller?: AbortController;
}

interface Fixed {
	readonly outcome: FixOutcome;
	readonly tried: readonly string[];
	readonly requests: readonly InfillRequest[];
}

async function fix(given: Given): Promise<Fixed> {
	const text = given.text.replace("├", "").replace("┤", "");
	const start = given.text.indexOf("├");
	const end = given.text.indexOf("┤") - 1;
	const allowedStart = given.allowed === undefined ? 0 : text.indexOf(given.allowed);
	const allowedEnd =
		given.allowed === undefined ? text.length : allowedStart + given.allowed.length;
	const model = new AnsweringInfillModel(given.respond);
	const tried: string[] = [];
	const outcome = await fixByInfilling(
		{
			code: { path: "a.ts", languageId: "typescript", text, start: allowedStart, end: allowedEnd },
			problem: {
				severity: "error",
				message: "Cannot find name 'cont'.",
				source: "ts",
				code: "2304",
				startLine: 1,
				endLine: 1,
				start,
				end,
			},
			related: [],
		},
		{ model, syntax },
		(candidate, signal) => {
			tried.push(candidate);
			return given.tryCandidate?.(candidate, signal) ?? Promise.resolve("gone");
		},
		(given.controller ?? new AbortController()).signal,
	);
	return { outcome, tried, requests: model.requests };
}

const text = "function f(count: number) {\n\treturn ├cont┤ + 1;\n}\n";
const fixedText = "function f(count: number) {\n\treturn count + 1;\n}\n";

/** Fills the hole in the line with the right code, whichever hole it is. */
const rightly = ({ prefix, suffix }: InfillRequest): HoleFilling => {
	const lineStart = prefix.slice(prefix.lastIndexOf("\n") + 1);
	const wanted = "\treturn count + 1;";
	const lineEnd = suffix.split("\n", 1)[0] ?? "";
	return { text: wanted.slice(lineStart.length, wanted.length - lineEnd.length) };
};

describe("fixing without a chat model", () => {
	test("takes what makes the problem go away", async () => {
		const { outcome, tried } = await fix({ text, respond: rightly });
		expect(outcome).toEqual({ kind: "fixed", text: fixedText, triedCandidates: 1 });
		expect(tried).toEqual([fixedText]);
	});

	test("makes holes of the line, the place, the rest of the line, and the statement", async () => {
		const { requests } = await fix({ text, respond: rightly });
		const plain = text.replace(/[├┤]/g, "");
		const holes = requests
			.filter(({ prefix, temperature }) => temperature === 0 && plain.startsWith(prefix))
			.map(({ prefix, suffix }) => plain.slice(prefix.length, plain.length - suffix.length));
		expect(holes).toEqual(["return cont + 1;", "cont", "cont + 1;"]);
	});

	test("tells the model of the problem once, in a comment that isn't kept", async () => {
		const { requests, tried } = await fix({ text, respond: rightly });
		const told = requests.filter(({ prefix }) => prefix.includes("// Fixed: Cannot find name"));
		expect(told).toHaveLength(1);
		expect(tried.join("")).not.toContain("Fixed:");
	});

	test("tries the likeliest first", async () => {
		const answers = ["return a;", "b", "c;"];
		let asked = 0;
		const { tried } = await fix({
			text,
			respond: () => ({ text: answers[asked++] ?? "", logProbability: asked === 2 ? -1 : -5 }),
			tryCandidate: () => Promise.resolve("still"),
		});
		expect(tried.map((candidate) => candidate.split("\n")[1])).toEqual([
			"\treturn b + 1;",
			"\treturn a;",
			"\treturn c;",
		]);
	});

	test("drops what is the same, what is nothing, and what doesn't parse", async () => {
		const answers = ["return cont + 1;", "", "(((", "if {"];
		const { outcome, tried } = await fix({
			text,
			respond: () => ({ text: answers.shift() ?? " " }),
		});
		expect(tried).toEqual([]);
		expect(outcome).toMatchObject({
			kind: "none",
			sentence: "Scripted wrote nothing else that parses; a chat model may find a fix.",
		});
	});

	test("goes on to the next one while the problem stays", async () => {
		const { outcome, tried } = await fix({
			text,
			respond: ({ seed }) => ({ text: seed === 0 ? "wrong" : "count", logProbability: -1 - seed }),
			tryCandidate: (candidate) =>
				Promise.resolve(candidate.includes("return count") ? "gone" : "still"),
			allowed: "cont",
		});
		expect(outcome).toMatchObject({ kind: "fixed", text: fixedText });
		expect(tried.length).toBeGreaterThan(1);
	});

	test("keeps nothing that nobody could check", async () => {
		const { outcome } = await fix({
			text,
			respond: rightly,
			tryCandidate: () => Promise.resolve("unknown"),
		});
		expect(outcome).toMatchObject({
			kind: "none",
			sentence:
				"The editor did not say in time whether a candidate removes the problem, so none is proposed.",
		});
	});

	test("changes nothing outside what is allowed", async () => {
		const { requests } = await fix({ text, respond: rightly, allowed: "cont" });
		const plain = text.replace(/[├┤]/g, "");
		const from = plain.indexOf("cont +");
		for (const { prefix, suffix } of requests) {
			expect(plain.length - suffix.length).toBeLessThanOrEqual(from + 4);
			expect(prefix.endsWith("\treturn ")).toBe(true);
		}
	});

	test("stops when it is told to", async () => {
		const controller = new AbortController();
		const { outcome, tried } = await fix({
			text,
			respond: (request) => {
				controller.abort();
				return rightly(request);
			},
			controller,
		});
		expect(tried).toEqual([]);
		expect(outcome).toMatchObject({ sentence: "Stopped; the document is as it was." });
	});
});
