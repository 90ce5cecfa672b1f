import { describe, expect, test } from "vitest";
import { HumanEvalAnswers } from "../../../../src/evaluation/humanEval/answers.ts";
import type {
	HumanEvalKind,
	HumanEvalProblem,
} from "../../../../src/evaluation/humanEval/problems.ts";
import type { FimFormat } from "../../../../src/model/manifest.ts";
import { ScriptedEngine } from "../../../support/scriptedEngine.ts";
import { testManifest, testTokenizer, textWithMarkers } from "../../../support/testModel.ts";

const problem: Omit<HumanEvalProblem, "kind"> = {
	...{ id: "HumanEval/0", task: "HumanEval/0", entryPoint: "f", test: "", solution: "" },
	prompt: "def f(a):\n    b = a\n",
	suffix: "    return b\n",
};

async function asked(kind: HumanEvalKind, written: string, format: Partial<FimFormat> = {}) {
	const engine = new ScriptedEngine(testTokenizer);
	engine.enqueue({ kind: "answer", text: written });
	const { fim } = testManifest;
	const manifest = { ...testManifest, ...(fim && { fim: { ...fim, ...format } }) };
	const answers = new HumanEvalAnswers({ engine, tokenizer: testTokenizer, manifest });
	const answer = await answers.answer({
		...problem,
		kind,
		suffix: kind === "function" ? "" : problem.suffix,
	});
	const [request] = engine.requests;
	const prompt = textWithMarkers(request?.prompt ?? []);
	return {
		answer,
		request,
		prompt: prompt + Buffer.from(request?.healBytes ?? []).toString(),
		ends: engine.ends,
	};
}

describe("what a model is asked", () => {
	test("a function is written on as a file", async () => {
		const { prompt, request } = await asked("function", "    return a\n");
		expect(prompt).toBe(`<|file|>solution.py\n${problem.prompt}`);
		expect(request).toMatchObject({
			sampling: { temperature: 0 },
			minJointProbability: 0,
			maxNewTokens: 512,
		});
		expect(request?.adaptation).toBeUndefined();
	});

	test("a model without paths gets nothing but the text", async () => {
		const { prompt } = await asked("function", "    return a\n", { file: undefined });
		expect(prompt).toBe(problem.prompt);
	});

	test.each<["spm" | "psm", string]>([
		[
			"spm",
			"<|file|>solution.py\n<|fim_suffix|>    return b\n<|fim_prefix|>def f(a):\n    b = a<|fim_middle|>\n",
		],
		[
			"psm",
			"<|file|>solution.py\n<|fim_prefix|>def f(a):\n    b = a<|fim_suffix|>    return b\n<|fim_middle|>\n",
		],
	])("a missing line is asked for in the model's own format: %s", async (order, expected) => {
		const { prompt } = await asked("singleLine", "    b += 1\n", { order });
		expect(prompt).toBe(expected);
	});

	test("a model that can't fill in the middle is told so", () => {
		const engine = new ScriptedEngine(testTokenizer);
		const manifest = { ...testManifest, fim: undefined };
		expect(() => new HumanEvalAnswers({ engine, tokenizer: testTokenizer, manifest })).toThrow(
			"can't fill in the middle",
		);
	});
});

describe("what of the answer counts", () => {
	test.each<[string, HumanEvalKind, string, string]>([
		[
			"a function ends before the next one",
			"function",
			"    return a\n\ndef g():\n",
			"    return a\n",
		],
		[
			"a function ends before other code",
			"function",
			"    return a\nprint(f(1))\n",
			"    return a",
		],
		["a function that the model ends is whole", "function", "    return a\n", "    return a\n"],
		["of a line its break is the last", "singleLine", "    b += 1\n    c = 2\n", "    b += 1\n"],
		["a blank line isn't the missing one", "singleLine", "\n    b += 1\n    c", "\n    b += 1\n"],
		["a line that the model ends gets its break", "singleLine", "    b += 1", "    b += 1\n"],
		["a span is all that was written", "randomSpan", "x\n\ndef g", "x\n\ndef g"],
	])("%s", async (_name, kind, written, answer) => {
		expect((await asked(kind, written)).answer).toBe(answer);
	});

	test("the engine is stopped where the answer ends", async () => {
		const long = `    b += 1\n${"    c = 2\n".repeat(40)}`;
		expect((await asked("singleLine", long)).ends).toEqual(["aborted"]);
		expect((await asked("randomSpan", long)).ends).toEqual(["stop"]);
	});
});
