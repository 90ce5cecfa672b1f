import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../../../src/base/clock.ts";
import {
	programOf,
	readProblems,
	sampleProblems,
} from "../../../../src/evaluation/humanEval/problems.ts";
import { PythonSandbox } from "../../../../src/evaluation/humanEval/pythonSandbox.ts";

const published = "bench/humaneval";

describe("the published problems", () => {
	let sandbox: PythonSandbox;
	beforeAll(async () => {
		sandbox = await PythonSandbox.open(systemClock);
	});
	afterAll(() => sandbox[Symbol.asyncDispose]());

	test.each([
		["function", 164],
		["singleLine", 1033],
		["randomSpan", 1640],
	] as const)(
		"of the kind %s are all there, and some of their solutions pass",
		async (kind, count) => {
			const problems = await readProblems(published, kind);
			expect(problems.length).toBe(count);
			expect(new Set(problems.map(({ task }) => task)).size).toBe(164);
			for (const problem of sampleProblems(problems, 8, 1)) {
				expect(await sandbox.run(programOf(problem, problem.solution))).toBe("passed");
				expect(await sandbox.run(programOf(problem, "    return NotImplemented\n"))).toBe("failed");
			}
		},
	);
});

describe("a sample", () => {
	test("is the same for the same seed, in the order of the problems", async () => {
		const problems = await readProblems(published, "function");
		const ids = (seed: number, count = 10): readonly string[] =>
			sampleProblems(problems, count, seed).map(({ id }) => id);
		expect(ids(1)).toEqual(ids(1));
		expect(ids(2)).not.toEqual(ids(1));
		expect(ids(1).length).toBe(10);
		expect(ids(1, 1000)).toEqual(problems.map(({ id }) => id));
	});
});

describe("a file of problems that isn't one", () => {
	let folder: string;
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "mote-problems-"));
	});
	afterAll(() => rm(folder, { recursive: true, force: true }));

	const record = {
		task_id: "HumanEval/0",
		prompt: "",
		canonical_solution: "",
		test: "",
		entry_point: "f",
	};
	test.each<[string, Uint8Array]>([
		["not packed", Buffer.from("{}")],
		["not JSON", gzipSync("nothing")],
		["without a test", gzipSync(JSON.stringify({ ...record, test: undefined }))],
		[
			"with code where a name belongs",
			gzipSync(JSON.stringify({ ...record, entry_point: "f) or (1" })),
		],
		["of endless zeros", gzipSync(Buffer.alloc(64 * 2 ** 20))],
	])("is refused: %s", async (_name, bytes) => {
		await writeFile(join(folder, "HumanEval.jsonl.gz"), bytes);
		await expect(readProblems(folder, "function")).rejects.toMatchObject({
			code: "problemsInvalid",
		});
	});

	test("is refused when it is missing", async () => {
		await expect(readProblems(join(folder, "none"), "function")).rejects.toMatchObject({
			code: "problemsInvalid",
		});
	});
});
