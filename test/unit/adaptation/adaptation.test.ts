import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { Adaptation } from "../../../src/adaptation/adaptation.ts";
import type { NgramCounts } from "../../../src/adaptation/ngramCounts.ts";
import {
	LearningError,
	type LearnChange,
	type LearnReport,
} from "../../../src/adaptation/learning.ts";
import { settle } from "../../support/fakeClock.ts";
import { someTokens, tokens } from "../../support/engineRequests.ts";
import { TemporaryFolder } from "../../support/temporaryFolder.ts";

const vocabularySize = 32;

function adaptationOf(vocabulary = "v1"): Adaptation {
	return new Adaptation({ vocabularySize, vocabulary });
}

function putOf(file: string, ...ids: number[]): LearnChange {
	return { kind: "put", file, fingerprint: `of ${ids.join(" ")}`, tokens: tokens(...ids) };
}

/** What follows token 1 in the repository, as a request of another file sees it. */
function afterOne(adaptation: Adaptation): readonly number[] {
	const request = { file: "open", before: [], after: [], repository: true };
	return idsAfterOne(adaptation.begin(request, []).sources[1]?.counts);
}

function idsAfterOne(counts: NgramCounts | undefined): readonly number[] {
	return Array.from(counts?.successors(tokens(1))[0]?.ids ?? []);
}

describe("learning", () => {
	test("changes are made in the order of the calls, without waiting for the reports", async () => {
		const adaptation = adaptationOf();
		const reports = await Promise.all(
			[
				putOf("a", 1, 2),
				putOf("b", 1, 3, 4),
				putOf("a", 1, 5, 6, 7),
				{ kind: "remove", file: "b" } as const,
				putOf("c", 1, 8),
			].map((change) => adaptation.learn(change)),
		);
		expect(reports.map(({ files, tokens: count }) => [files, count])).toEqual([
			[1, 2],
			[2, 5],
			[2, 7],
			[1, 4],
			[2, 6],
		]);
		expect(afterOne(adaptation)).toEqual([5, 8]);
	});

	test.each([
		["beyond the vocabulary", 32],
		["below 0", -1],
		["between two", 1.5],
		["no number", NaN],
	])("a token that is %s is refused, and later changes are made", async (_, token) => {
		const adaptation = adaptationOf();
		await adaptation.learn(putOf("a", 1, 2));
		const refused = adaptation.learn(putOf("a", 1, token));
		const next = adaptation.learn(putOf("b", 1, 3));
		await expect(refused).rejects.toThrow(LearningError);
		expect((await next).files).toBe(2);
		expect(afterOne(adaptation)).toEqual([2, 3]);
	});
});

describe("while a request runs", () => {
	test("nothing that is put, removed or opened changes what counts; after it all does", async () => {
		using folder = new TemporaryFolder();
		const adaptation = adaptationOf();
		await adaptation.learn(putOf("a", 1, 2));
		adaptation.pause();
		const reports: LearnReport[] = [];
		const changes: readonly LearnChange[] = [
			putOf("b", 1, 3),
			{ kind: "put", file: "long", fingerprint: "", tokens: someTokens(50_000) },
			{ kind: "remove", file: "a" },
		];
		for (const change of changes) {
			void adaptation.learn(change).then((report) => reports.push(report));
		}
		await settle();
		expect([afterOne(adaptation), reports]).toEqual([[2], []]);
		adaptation.resume();
		const last = await adaptation.learn({ kind: "remove", file: "long" });
		expect([reports.length, last.files]).toEqual([3, 1]);
		expect(afterOne(adaptation)).toEqual([3]);
		adaptation.pause();
		const opened = adaptation.learn({ kind: "open", path: path.join(folder.path, "none") });
		await settle();
		expect(afterOne(adaptation)).toEqual([3]);
		adaptation.resume();
		expect((await opened).files).toBe(0);
	});

	test("each of two that take turns is told of its own file, by the mixture and for drafts", () => {
		const adaptation = adaptationOf();
		const begin = (file: string, follower: number) =>
			adaptation.begin({ file, before: tokens(1, follower), after: [], repository: false }, []);
		const first = begin("a", 2);
		const second = begin("b", 3);
		for (let turn = 0; turn < 2; turn++) {
			expect(idsAfterOne(first.sources[0]?.counts)).toEqual([2]);
			expect(idsAfterOne(second.sources[0]?.counts)).toEqual([3]);
		}
	});
});

describe("what was learned", () => {
	test("is saved and opened again, with the fingerprints of the files", async () => {
		using folder = new TemporaryFolder();
		const saved = path.join(folder.path, "learned");
		const first = adaptationOf();
		expect(await first.learn({ kind: "open", path: saved })).toMatchObject({
			known: new Map(),
			files: 0,
		});
		await first.learn(putOf("a", 1, 2));
		await first.learn(putOf("b", 1, 3));
		await first.learn(putOf("a", 1, 4));
		await first.learn({ kind: "save" });

		const second = adaptationOf();
		await second.learn(putOf("forgotten when another is opened", 1, 9));
		expect(await second.learn({ kind: "open", path: saved })).toMatchObject({
			known: new Map([
				["a", "of 1 4"],
				["b", "of 1 3"],
			]),
			files: 2,
			tokens: 4,
		});
		expect(afterOne(second)).toEqual([3, 4]);
		// What is opened can be taken back.
		await second.learn({ kind: "remove", file: "b" });
		expect(afterOne(second)).toEqual([4]);
	});

	test.each([
		["is cut off", (bytes: Buffer) => bytes.subarray(0, bytes.length - 7)],
		["has another byte", (bytes: Buffer) => bytes.with(bytes.length >> 1, 77)],
		["is something else", () => Buffer.from("{}")],
		["is empty", () => Buffer.alloc(0)],
	])("is begun anew where the file %s, and can be saved again", async (_, damage) => {
		using folder = new TemporaryFolder();
		const saved = path.join(folder.path, "learned");
		const adaptation = adaptationOf();
		await adaptation.learn({ kind: "open", path: saved });
		await adaptation.learn(putOf("a", 1, 2));
		await adaptation.learn({ kind: "save" });
		writeFileSync(saved, damage(readFileSync(saved)));

		const report = await adaptation.learn({ kind: "open", path: saved });
		expect([report.known.size, report.files, afterOne(adaptation)]).toEqual([0, 0, []]);
		await adaptation.learn(putOf("b", 1, 3));
		await adaptation.learn({ kind: "save" });
		const { known } = await adaptationOf().learn({ kind: "open", path: saved });
		expect([...known.keys()]).toEqual(["b"]);
	});

	test("of another tokenizer is begun anew", async () => {
		using folder = new TemporaryFolder();
		const saved = path.join(folder.path, "learned");
		const adaptation = adaptationOf("v1");
		await adaptation.learn({ kind: "open", path: saved });
		await adaptation.learn(putOf("a", 1, 2));
		await adaptation.learn({ kind: "save" });
		const { known, files } = await adaptationOf("v2").learn({ kind: "open", path: saved });
		expect([known.size, files]).toEqual([0, 0]);
	});

	test("where it can't be saved says so, leaves nothing behind, and goes on", async () => {
		using folder = new TemporaryFolder({ "taken/by a folder": "" });
		const adaptation = adaptationOf();
		await adaptation.learn({ kind: "open", path: path.join(folder.path, "taken") });
		await adaptation.learn(putOf("a", 1, 2));
		await expect(adaptation.learn({ kind: "save" })).rejects.toMatchObject({
			code: "storageFailed",
		});
		expect(folder.list()).toEqual(["taken"]);
		expect(afterOne(adaptation)).toEqual([2]);
	});

	test("goes nowhere without a place to save it", async () => {
		const adaptation = adaptationOf();
		await adaptation.learn(putOf("a", 1, 2));
		expect((await adaptation.learn({ kind: "save" })).files).toBe(1);
	});
});
