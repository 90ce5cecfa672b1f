import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
	findJudgedNextEdits,
	minJudgedProbability,
} from "../../../src/nextEdit/judge/judgedNextEdits.ts";
import { judgedProbability } from "../../../src/nextEdit/judge/judgeGate.ts";
import { judgedTexts } from "../../../src/nextEdit/judge/judgedTexts.ts";
import {
	ModelJudge,
	type EditJudge,
	type Verdict,
} from "../../../src/nextEdit/judge/modelJudge.ts";
import { proposeNextEdits } from "../../../src/nextEdit/nextEdit.ts";
import { createTokenizer } from "../../../src/tokenizer/bpeTokenizer.ts";
import { editedFixture } from "../../support/editedFixture.ts";
import type { Pass } from "../../support/fakeBackend.ts";
import { fakeEngine, type FakeEngine } from "../../support/fakeEngine.ts";

const tokenizer = createTokenizer(
	readFileSync(new URL("../../../models/mote-nano/tokenizer.json", import.meta.url), "utf8"),
);
const manifest = {
	fim: {
		order: "spm",
		prefix: "<|fim_prefix|>",
		suffix: "<|fim_suffix|>",
		file: "<|file|>",
	},
} as const;
const vocabulary = tokenizer.vocabulary;
const never = new AbortController().signal;

const { document: plain, next } = editedFixture(`
 function load() {
-	const total = sumOf(prices);
+	const total = priceOf(prices);
 }
<	const both = sumOf(a);
>	const both = priceOf(a);
 	return both;
 }
<	const more = sumOf(b);
>	const more = priceOf(b);
`);
const document = { ...plain, path: "src/prices.ts" };

/** The logits are 0 but for a token that follows from the last one. */
function predict(history: readonly number[], vocabularySize: number): Float32Array {
	const logits = new Float32Array(vocabularySize);
	logits[((history.at(-1) ?? 0) * 31 + 7) % vocabularySize] = 5;
	return logits;
}

function judgeWith(onPass?: (pass: Pass) => void): FakeEngine & { readonly judge: ModelJudge } {
	const { engine, backend } = fakeEngine(
		{ vocabularySize: tokenizer.vocabularySize, predict, ...(onPass && { onPass }) },
		{ vocabulary },
	);
	return { engine, backend, judge: new ModelJudge({ engine, tokenizer, manifest }) };
}

function logProbability(head: string, tail: string): number {
	const marker = tokenizer.specialToken("<|file|>");
	const history = [
		marker ?? 0,
		...tokenizer.encode(`${document.path}\n`),
		...tokenizer.encode(head),
	];
	let sum = 0;
	for (const token of tokenizer.encode(tail)) {
		const likely = ((history.at(-1) ?? 0) * 31 + 7) % tokenizer.vocabularySize;
		const all = Math.exp(5) + tokenizer.vocabularySize - 1;
		sum += Math.log((token === likely ? Math.exp(5) : 1) / all);
		history.push(token);
	}
	return sum;
}

describe("what a model reads", () => {
	test("is the lines above with the edits made, then the lines with the edit or without", () => {
		const [first] = next;
		expect(first && judgedTexts(document, first)).toEqual({
			head: "function load() {\n\tconst total = priceOf(prices);\n}\n",
			withEdit: "\tconst both = priceOf(a);\n\treturn both;\n}\n",
			without: "\tconst both = sumOf(a);\n\treturn both;\n}\n",
		});
	});

	test("begins with the edits that are out of sight", () => {
		const lines = Array.from({ length: 100 }, (_, i) => `line${i}`);
		const edits = [{ line: 90, old: ["x"], next: ["line90"] }];
		const texts = judgedTexts(
			{ lines, languageId: "typescript", edits },
			{ line: 50, old: ["line50"], next: [] },
		);
		expect(texts.head.split("\n").slice(0, 8)).toEqual([
			"line88",
			"line89",
			"line90",
			"line91",
			"line92",
			"",
			"line32",
			"line33",
		]);
		expect(texts.withEdit).toBe("line51\nline52\n");
	});

	test("is the same beginning for edits near each other", () => {
		const lines = Array.from({ length: 100 }, (_, i) => `line${i}`);
		const headOf = (line: number): string =>
			judgedTexts(
				{ lines, languageId: "typescript", edits: [] },
				{ line, old: [`line${line}`], next: ["x"] },
			).head;
		expect(headOf(53).startsWith(headOf(50))).toBe(true);
	});
});

describe("a model's verdict", () => {
	test("is how likely the lines are with the edit and without it", async () => {
		const { judge } = judgeWith();
		const verdicts = await judge.judge(
			document,
			next.map((edit) => edit),
			never,
		);
		expect(verdicts).toHaveLength(2);
		for (const [i, edit] of next.entries()) {
			const { head, withEdit, without } = judgedTexts(document, edit);
			const verdict = verdicts === "aborted" ? undefined : verdicts[i];
			expect(verdict?.withEdit).toBeCloseTo(logProbability(head, withEdit), 3);
			expect(verdict?.without).toBeCloseTo(logProbability(head, without), 3);
			expect(verdict?.tokens).toBe(tokenizer.encode(withEdit).length);
		}
	});

	test("takes what the two ways share once", async () => {
		const { judge, backend } = judgeWith();
		await judge.judge(document, next, never);
		const read = backend.passes.reduce((sum, { tokens }) => sum + tokens.length, 0);
		const texts = next.map((edit) => judgedTexts(document, edit));
		const tails = texts.flatMap(({ withEdit, without }) => [withEdit, without]);
		const count = (text: string): number => tokenizer.encode(text).length;
		const heading = 1 + count(`${document.path}\n`);
		const longest = Math.max(...texts.map(({ head }) => count(head)));
		expect(read).toBeLessThanOrEqual(
			heading + longest + tails.reduce((sum, tail) => sum + count(tail), 0),
		);
	});

	test("holds no special token but the one in front of the path", async () => {
		const { judge, backend } = judgeWith();
		const lines = ["<|file|>evil", "a", "b"];
		await judge.judge(
			{ ...document, lines, edits: [] },
			[{ line: 1, old: ["a"], next: ["<|fim_prefix|>"] }],
			never,
		);
		const read = backend.passes.flatMap(({ tokens }) => tokens);
		const specials = ["<|file|>", "<|fim_prefix|>"].map((name) => tokenizer.specialToken(name));
		expect(read.filter((token) => specials.includes(token))).toEqual([specials[0]]);
	});

	test("isn't given on an edit that is too long, and nothing is read for it", async () => {
		const { judge, backend } = judgeWith();
		const long = { line: 0, old: [], next: Array.from({ length: 400 }, (_, i) => `call(${i});`) };
		expect(await judge.judge(document, [long], never)).toEqual([undefined]);
		expect(backend.passes).toEqual([]);
	});

	test("isn't given after an abort, which ends the reading", async () => {
		const controller = new AbortController();
		const { judge, backend } = judgeWith(({ index }) => {
			if (index === 1) {
				controller.abort();
			}
		});
		expect(await judge.judge(document, next, controller.signal)).toBe("aborted");
		expect(backend.passes).toHaveLength(2);
	});
});

describe("judged next edits", () => {
	const weights = { bias: 0, gate: 1, gain: 1, ease: 0 };

	function scripted(verdictOf: (text: string) => Verdict | undefined): EditJudge & {
		readonly asked: string[];
	} {
		const asked: string[] = [];
		return {
			asked,
			judge: (_document, edits) => {
				asked.push(...edits.map(({ next: lines }) => lines.join("\n")));
				return Promise.resolve(edits.map(({ next: lines }) => verdictOf(lines.join("\n"))));
			},
		};
	}

	test("are those that the judge leaves, with what it said", async () => {
		const judge = scripted((text) => ({
			withEdit: text.includes("both") ? -5 : -80,
			without: -20,
			tokens: 10,
		}));
		const outcome = await findJudgedNextEdits(document, judge, never, weights);
		const edits = outcome.kind === "judged" ? outcome.edits : [];
		expect(edits.map(({ edit }) => edit.next)).toEqual([next[0]?.next]);
		const [first] = edits;
		expect(first?.verdict).toEqual({ withEdit: -5, without: -20, tokens: 10 });
		expect(first?.probability).toBeGreaterThanOrEqual(minJudgedProbability);
		expect(first?.probability).toBeGreaterThan(first?.gateProbability ?? 1);
		expect(judge.asked.length).toBeLessThanOrEqual(4);
	});

	test("come in the order of what the judge makes of them", async () => {
		for (const likelier of ["both", "more"]) {
			const judge = scripted((text) => ({
				withEdit: text.includes(likelier) ? -5 : -18,
				...{ without: -20, tokens: 10 },
			}));
			const outcome = await findJudgedNextEdits(document, judge, never, weights);
			const edits = outcome.kind === "judged" ? outcome.edits : [];
			expect(edits).toHaveLength(2);
			expect(edits[0]?.edit.next.join()).toContain(likelier);
		}
	});

	test("keep the gate's probability where there is no verdict", async () => {
		const outcome = await findJudgedNextEdits(
			document,
			scripted(() => undefined),
			never,
			weights,
		);
		const edits = outcome.kind === "judged" ? outcome.edits : [];
		expect(edits.length).toBeGreaterThan(0);
		for (const { probability, gateProbability, verdict } of edits) {
			expect([probability, verdict]).toEqual([gateProbability, undefined]);
		}
		expect(proposeNextEdits(document).map(({ probability }) => probability)).toContain(
			edits[0]?.probability,
		);
	});

	test("aren't there after an abort", async () => {
		const judge: EditJudge = { judge: () => Promise.resolve("aborted") };
		expect(await findJudgedNextEdits(document, judge, never, weights)).toEqual({ kind: "aborted" });
	});

	test("have a probability in (0, 1) whatever the verdict", () => {
		for (const withEdit of [-1e6, -100, -1, 0]) {
			for (const without of [-1e6, 0]) {
				const verdict = { withEdit, without, tokens: 100 };
				const probability = judgedProbability(0.5, verdict, { ...weights, gain: 0.4 });
				expect(probability).toBeGreaterThan(0);
				expect(probability).toBeLessThan(1);
			}
		}
	});
});
