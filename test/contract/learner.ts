import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Engine } from "../../src/engine/engine.ts";
import type { LearnChange, Learner } from "../../src/adaptation/learning.ts";
import { answerOf, tokens } from "../support/engineRequests.ts";
import { countingLogits } from "../support/fakeBackend.ts";
import { fakeEngine } from "../support/fakeEngine.ts";
import { TemporaryFolder } from "../support/temporaryFolder.ts";
import type { CountingEngine } from "./engine.ts";

export interface CountingLearner extends CountingEngine {
	readonly engine: Engine & Learner;
}

function putOf(file: string, ids: readonly number[], fingerprint = "1"): LearnChange {
	return { kind: "put", file, fingerprint, tokens: tokens(...ids) };
}

/** Wherever 3 stands here, 9 follows, while the model counts on with 4. */
/** What a model that counts is sure of stands in it too. */
const learned = Array.from({ length: 60 }, (_, i) => [1, 3, 4][i % 3] ?? 0);

const adapted = {
	prompt: tokens(1, 3),
	maxNewTokens: 12,
	maxDraftTokens: 4,
	adaptation: { file: "open", before: tokens(4, 1, 3), after: tokens(1, 3, 4), repository: true },
};

/** What every engine that learns does, wherever it runs; see describeEngineContract. */
export function describeLearnerContract(name: string, open: () => Promise<CountingLearner>): void {
	describe(`${name} as a Learner`, () => {
		let counting: CountingLearner;
		let engine: Engine & Learner;

		beforeEach(async () => {
			counting = await open();
			engine = counting.engine;
		});
		afterEach(async () => {
			await counting.close();
		});

		test("counts files and tokens as they come, change and go", async () => {
			const reports = [
				await engine.learn(putOf("a", [1, 2, 3])),
				await engine.learn(putOf("b", [4, 5])),
				await engine.learn(putOf("a", [1])),
				await engine.learn({ kind: "remove", file: "b" }),
				await engine.learn({ kind: "remove", file: "never put" }),
			];
			expect(reports.map(({ files, tokens: count }) => [files, count])).toEqual([
				[1, 3],
				[2, 5],
				[2, 3],
				[1, 1],
				[1, 1],
			]);
			expect(reports.every(({ known, bytes }) => known.size === 0 && bytes > 0)).toBe(true);
		});

		test("goes on with what was saved, and tells which files are known", async () => {
			using folder = new TemporaryFolder();
			const saved = path.join(folder.path, "learned");
			expect((await engine.learn({ kind: "open", path: saved })).known.size).toBe(0);
			await engine.learn(putOf("a", [1, 2, 3], "of a"));
			await engine.learn(putOf("b", [4, 5], "of b"));
			await engine.learn({ kind: "save" });
			await engine.learn({ kind: "remove", file: "a" });
			expect(await engine.learn({ kind: "open", path: saved })).toMatchObject({
				known: new Map([
					["a", "of a"],
					["b", "of b"],
				]),
				files: 2,
				tokens: 5,
			});
		});

		test("an adapted answer is, to the last bit, that of an engine in this process", async () => {
			const here = fakeEngine({ predict: countingLogits, contextLength: 64 }).engine;
			await here.learn(putOf("a", learned));
			const expected = await answerOf(here, adapted);
			await engine.learn(putOf("a", learned));
			const answer = await answerOf(engine, adapted);
			expect([answer.tokens, answer.finishReason]).toEqual([
				expected.tokens,
				expected.finishReason,
			]);
			expect(answer.stats.adaptation).toEqual(expected.stats.adaptation);
			expect(answer.stats.adaptation?.learnedShare).toBeGreaterThan(0);
			expect((await answerOf(engine, { prompt: adapted.prompt })).stats.adaptation).toBeUndefined();
		});

		test("tokens of another model are refused with a code, and learning goes on", async () => {
			await expect(engine.learn(putOf("a", [1, 32]))).rejects.toMatchObject({
				code: "runtimeFailed",
			});
			expect((await engine.learn(putOf("a", [1, 31]))).tokens).toBe(2);
		});

		test("what can't be saved is refused with a code", async () => {
			using folder = new TemporaryFolder();
			await engine.learn({ kind: "open", path: path.join(folder.path, "no folder", "learned") });
			await expect(engine.learn({ kind: "save" })).rejects.toMatchObject({
				code: "storageFailed",
			});
		});

		test("after dispose every change is refused with a code", async () => {
			await engine.dispose();
			await expect(engine.learn(putOf("a", [1]))).rejects.toMatchObject({ code: "disposed" });
		});
	});
}
