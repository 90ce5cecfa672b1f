import { describe, expect, test } from "vitest";
import { FimAnswering } from "../../../src/evaluation/answering.ts";
import { draftFigures } from "../../../src/evaluation/drafting.ts";
import type { FimCase } from "../../../src/evaluation/fimCases.ts";
import { gateFigures, ghostAt } from "../../../src/evaluation/gate.ts";
import { fimFigures } from "../../../src/evaluation/runCases.ts";
import { defaultCompletionConfig } from "../../../src/completion/defaultConfig.ts";
import type {
	CompletionOutcome,
	CompletionProvider,
	CompletionRequest,
} from "../../../src/completion/completionProvider.ts";
import { ScriptedEngine } from "../../support/scriptedEngine.ts";
import { testManifest, testTokenizer, textOf } from "../../support/testModel.ts";

const text = "const first = 1;\nconst secret = first + 41;\nconst third = 3;\n";
const asked: FimCase = {
	kind: "restOfLine",
	package: "some-package",
	language: "typescript",
	languageId: "typescript",
	path: "src/a.ts",
	text,
	start: text.indexOf("secret"),
	end: text.indexOf("\nconst third"),
};

async function answer(script: string, withSuffix: boolean, kind: FimCase["kind"] = asked.kind) {
	const engine = new ScriptedEngine(testTokenizer);
	engine.enqueue({ kind: "answer", text: script });
	const answering = new FimAnswering({
		engine,
		tokenizer: testTokenizer,
		manifest: testManifest,
		config: defaultCompletionConfig,
	});
	const given = await answering.answer(
		{ ...asked, kind },
		{ suffix: withSuffix, adaptation: false, repository: false, pieces: [] },
	);
	const [request] = engine.requests;
	const prompt = textOf(request?.prompt ?? []) + Buffer.from(request?.healBytes ?? []).toString();
	return { given, prompt, request, ends: engine.ends };
}

describe("asking the model about a case", () => {
	test("the prompt has everything but the missing text", async () => {
		const { prompt } = await answer("x", true);
		expect(prompt).toBe("src/a.ts\n\nconst third = 3;\nconst first = 1;\nconst ");
	});

	test("without suffix the file seems to end at the cursor", async () => {
		const { prompt } = await answer("x", false);
		expect(prompt).toBe("src/a.ts\nconst first = 1;\nconst ");
	});

	test("one missing line is answered with what stands before the line break", async () => {
		const { given, ends } = await answer("secret = 2;\nconst third = 3;\n", true);
		expect(given.text).toBe("secret = 2;");
		expect(ends).toEqual(["aborted"]);
	});

	test("a missing block is answered until the model ends", async () => {
		const { given, ends } = await answer("a;\nb;\n", true, "multiLine");
		expect(given.text).toBe("a;\nb;\n");
		expect(ends).toEqual(["stop"]);
	});

	test("the model answers greedily and without a gate", async () => {
		const { request } = await answer("x", true);
		expect(request).toMatchObject({
			sampling: { temperature: 0 },
			minJointProbability: 0,
			maxDraftTokens: 8,
		});
	});
});

async function ghost(outcome: CompletionOutcome) {
	const requests: CompletionRequest[] = [];
	const provider: CompletionProvider = {
		provide: (request) => {
			requests.push(request);
			return Promise.resolve(outcome);
		},
		prepare: () => Promise.resolve(),
		didAccept: () => undefined,
		settled: () => Promise.resolve(),
		dispose: () => undefined,
	};
	return { ghost: await ghostAt(asked, provider, defaultCompletionConfig), requests };
}

function shown(insertText: string): CompletionOutcome {
	const replace = { start: asked.start, end: asked.start };
	return { kind: "completion", completion: { insertText, replace, origin: "model" } };
}

describe("a ghost", () => {
	test("is asked for as while typing, in the file without the missing text", async () => {
		const { requests } = await ghost(shown("secret"));
		expect(requests).toEqual([
			{
				path: "src/a.ts",
				languageId: "typescript",
				text: "const first = 1;\nconst \nconst third = 3;\n",
				offset: asked.start,
				trigger: "automatic",
			},
		]);
	});

	test.each([
		["secret = first", true],
		["secret = first + 41;", true],
		["secret = first + 42;", false],
		// It stands there in the whole file, but the next line is there already.
		["secret = first + 41;\nconst third", false],
	])("%j is right: %s", async (insertText, isRight) => {
		expect((await ghost(shown(insertText))).ghost).toEqual({ text: insertText, isRight });
	});

	test("that isn't shown is none, but a fault isn't hidden", async () => {
		const none = await ghost({ kind: "none", reason: "notConfident" });
		expect(none.ghost).toBeUndefined();
		await expect(ghost({ kind: "none", reason: "engineUnavailable" })).rejects.toMatchObject({
			code: "evaluationFailed",
		});
	});
});

describe("figures", () => {
	test("of the gate are shares of the places and of the ghosts", () => {
		const ghosts = [{ text: "abcd", isRight: true }, { text: "ab", isRight: false }, undefined];
		expect(gateFigures(0.5, [...ghosts, undefined])).toEqual({
			threshold: 0.5,
			shown: 0.5,
			right: 0.5,
			meanCharacters: 3,
		});
		expect(gateFigures(0.9, [undefined])).toEqual({
			threshold: 0.9,
			shown: 0,
			right: null,
			meanCharacters: null,
		});
	});

	test("of fill in the middle are means over the cases", () => {
		const right = { exactMatch: true, firstLineMatch: true, editSimilarity: 1 };
		const wrong = { exactMatch: false, firstLineMatch: true, editSimilarity: 0.5 };
		expect(fimFigures([right, wrong])).toEqual({
			exactMatch: 0.5,
			firstLineMatch: 1,
			editSimilarity: 0.75,
			cases: 2,
		});
	});

	test("of drafts count what the passes after prefill brought", () => {
		const stats = {
			promptTokens: 10,
			isStandIn: false,
			reusedTokens: 0,
			prefilledTokens: 10,
			generatedTokens: 9,
			draftedTokens: 8,
			acceptedTokens: 6,
			decodePasses: 2,
			queuedMs: 0,
			firstTokenMs: 1,
			adaptation: undefined,
			totalMs: 2,
		};
		const idle = {
			...stats,
			generatedTokens: 0,
			draftedTokens: 0,
			acceptedTokens: 0,
			decodePasses: 0,
			adaptation: undefined,
		};
		expect(draftFigures([stats, idle])).toEqual({
			acceptance: 0.75,
			tokensPerPass: 4,
			draftedTokens: 8,
		});
		expect(draftFigures([idle])).toEqual({
			acceptance: null,
			tokensPerPass: null,
			draftedTokens: 0,
		});
	});
});
