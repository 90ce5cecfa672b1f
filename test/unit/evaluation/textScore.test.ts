import { describe, expect, test } from "vitest";
import {
	addScores,
	bitsPerByte,
	noScore,
	scoreWindows,
	top1,
} from "../../../src/evaluation/textScore.ts";
import { textWindows } from "../../../src/evaluation/textWindows.ts";
import { withAll } from "../../../src/evaluation/scoreModel.ts";
import { FakeBackend, hashedLogits } from "../../support/fakeBackend.ts";
import { testManifest, testTokenizer } from "../../support/testModel.ts";

const text = `export function areaOf(width: number): number {\n\treturn width * 2;\n}\n`.repeat(40);
const file = { path: "src/größe.ts", text };
const { vocabularySize } = testTokenizer;
const bytes = Buffer.byteLength(text);

function windowsOf(trainedContextLength: number) {
	const { fim, contextLength } = testManifest;
	return textWindows(file, testTokenizer, { fim, contextLength, trainedContextLength });
}

describe("text windows", () => {
	test.each([40, 128, 4096])("of a context of %d hold every token of a file once", (context) => {
		const windows = windowsOf(context);
		const tokens = windows.flatMap((window) => window.tokens);
		expect(tokens).toEqual(testTokenizer.encode(text));
		for (const { heading, tokens: each } of windows) {
			expect(heading.length + each.length).toBeLessThanOrEqual(context);
			expect(heading).toEqual([
				testTokenizer.specialToken("<|file|>"),
				...testTokenizer.encode("src/größe.ts\n"),
			]);
		}
	});

	test("fit the model however long a path is", () => {
		const long = { path: "größer/".repeat(40), text };
		const context = { ...testManifest, trainedContextLength: 64, contextLength: 40 };
		for (const { heading, tokens } of textWindows(long, testTokenizer, context)) {
			expect(heading).toHaveLength(20);
			expect(tokens.length).toBeLessThanOrEqual(20);
		}
	});

	test("begin with a line where that leaves them half full", () => {
		const starts = windowsOf(128)
			.slice(1)
			.map(({ tokens: [first] }) => first && testTokenizer.bytesOf(first)[0]);
		expect(new Set(starts)).toEqual(new Set([0x0a]));
	});
});

describe("scoring text", () => {
	test("a uniform model needs log2(V) bits for each token", async () => {
		const backend = new FakeBackend({
			vocabularySize,
			predict: () => new Float32Array(vocabularySize),
		});
		const score = await scoreWindows(windowsOf(128), backend, testTokenizer);
		const tokens = testTokenizer.encode(text).length;
		expect(score).toMatchObject({ bytes, tokens });
		expect(bitsPerByte(score)).toBeCloseTo((Math.log2(vocabularySize) * tokens) / bytes, 8);
		expect(backend.liveCaches).toBe(0);
	});

	test("a model that knows the text is always right", async () => {
		const [window] = windowsOf(4096);
		const known = [...(window?.heading ?? []), ...(window?.tokens ?? [])];
		const backend = new FakeBackend({
			vocabularySize,
			predict: (history) => {
				const logits = new Float32Array(vocabularySize);
				logits[known[history.length] ?? 0] = 60;
				return logits;
			},
		});
		const score = await scoreWindows(window === undefined ? [] : [window], backend, testTokenizer);
		expect(top1(score)).toBe(1);
		expect(bitsPerByte(score)).toBeCloseTo(0, 8);
	});

	test("every token is predicted from all of its window before it and nothing else", async () => {
		const predict = hashedLogits();
		const windows = windowsOf(150);
		const score = await scoreWindows(
			windows,
			new FakeBackend({ vocabularySize, predict }),
			testTokenizer,
		);
		let bits = 0;
		for (const { heading, tokens } of windows) {
			tokens.forEach((token, index) => {
				const logits = predict([...heading, ...tokens.slice(0, index)], vocabularySize);
				const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
				bits -= Math.log2(Math.exp(logits[token] ?? NaN) / total);
			});
		}
		expect(score.bits / bits).toBeCloseTo(1, 8);
	});

	test("without a heading the first token of a window doesn't count", async () => {
		const backend = new FakeBackend({ vocabularySize });
		const context = { trainedContextLength: 4096, contextLength: 4096 };
		const windows = textWindows(file, testTokenizer, context);
		const [first] = testTokenizer.encode(text);
		const { bytes: scored, tokens } = await scoreWindows(windows, backend, testTokenizer);
		expect(tokens).toBe(testTokenizer.encode(text).length - 1);
		expect(scored).toBe(bytes - (first === undefined ? 0 : testTokenizer.bytesOf(first).length));
	});

	test("no windows give no score, and its figures are no numbers", async () => {
		const score = await scoreWindows([], new FakeBackend(), testTokenizer);
		expect(score).toEqual(noScore);
		expect([bitsPerByte(score), top1(score)]).toEqual([Number.NaN, Number.NaN]);
	});

	test("all languages together are the sum of their bytes and bits", () => {
		const a = { bits: 10, bytes: 10, tokens: 4, right: 1 };
		const b = { bits: 10, bytes: 90, tokens: 16, right: 9 };
		const all = withAll(
			new Map([
				["a", a],
				["b", b],
			]),
		).get("all");
		expect(all).toEqual(addScores(a, b));
		expect(all && [bitsPerByte(all), top1(all)]).toEqual([0.2, 0.5]);
	});
});
