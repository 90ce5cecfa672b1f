import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { evalCommand } from "../../../../src/cli/commands/eval.ts";
import {
	sampleRecords,
	writeCorpusFolder,
	type CorpusFolder,
} from "../../../support/corpusFolder.ts";
import { importTinyModel, type TinyModel } from "../../../support/tinyModel.ts";

vi.mock(import("../../../../src/cli/defaults.ts"), async (original) => ({
	...(await original()),
	grammarFiles: (await import("../../../support/grammarFiles.ts")).grammarFiles,
	queryFolder: (await import("../../../support/indexedFolder.ts")).queryFolder,
	humanEvalFolder: "bench/humaneval",
}));

describe("mote eval with a tiny model of random weights", () => {
	let int4: TinyModel;
	let fp32: TinyModel;
	let corpus: CorpusFolder;

	beforeAll(async () => {
		int4 = await importTinyModel("int4");
		fp32 = await importTinyModel("fp32");
		corpus = await writeCorpusFolder({ validation: sampleRecords(), train: sampleRecords() });
	});
	afterAll(async () => {
		await Promise.all([int4.remove(), fp32.remove(), corpus.remove()]);
	});

	async function run(...args: readonly string[]): Promise<string> {
		const write = (text: string | Uint8Array): boolean => {
			written += text.toString();
			return true;
		};
		let written = "";
		const stdout = vi.spyOn(process.stdout, "write").mockImplementation(write);
		const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
		try {
			expect(
				await evalCommand.run([
					...["--data", corpus.folder, "--model", int4.folder, "--threads", "1"],
					...["--limit-bytes", "2000", "--cases", "2", ...args],
				]),
			).toBe(0);
			return written;
		} finally {
			stdout.mockRestore();
			stderr.mockRestore();
		}
	}

	test("writes every figure as JSON, the same ones again for the same seed", async () => {
		const args = ["--json", "--compare", fp32.folder];
		const report: unknown = JSON.parse(await run(...args));
		const number: unknown = expect.any(Number);
		const perLanguage = { all: number, python: number, typescript: number };
		const kind = {
			exactMatch: number,
			firstLineMatch: number,
			editSimilarity: number,
			cases: 2,
		};
		const kinds = { restOfLine: kind, singleLine: kind, multiLine: kind };
		expect(report).toMatchObject({
			model: "tiny",
			quantization: "int4",
			bitsPerByte: perLanguage,
			order3BitsPerByte: perLanguage,
			top1: number,
			fim: kinds,
			fimPrefixOnly: kinds,
			gate: [0.3, 0.5, 0.7, 0.9].map((threshold) => ({ threshold, shown: number })),
			int4LossPercent: number,
			comparedWith: { quantization: "fp32", bitsPerByte: perLanguage },
		});
		expect(JSON.parse(await run(...args))).toEqual(report);
	});

	test("prints tables without --json", async () => {
		const table = await run();
		for (const row of ["bits/byte", "typescript", "restOfLine, prefix only", "0.7", "ngram"]) {
			expect(table).toContain(row);
		}
	});

	describe("--typing", () => {
		const typing = ["--typing", "--places", "2", "--languages", "typescript,python"];

		test("types the same places under each condition, with the same figures again", async () => {
			const report: unknown = JSON.parse(await run(...typing, "--json"));
			const places = (count: number): object => ({
				places: count,
				keys: expect.any(Number) as unknown,
				keysSaved: { value: expect.any(Number) as unknown, low: expect.any(Number) as unknown },
			});
			const each = { all: places(4), python: places(2), typescript: places(2) };
			expect(report).toMatchObject({ model: "tiny", seed: 1, typing: { warm: each, cold: each } });
			expect(JSON.parse(await run(...typing, "--json"))).toEqual(report);
		});

		test("writes down every ghost, and prints what its words mean", async () => {
			const file = join(corpus.folder, "ghosts.jsonl");
			const table = await run(...typing, "--conditions", "newFile", "--ghosts", file);
			expect(table).toContain("newFile: no other file is known, and the file ends at the cursor");
			expect(table).toContain("95 % interval");
			const [, ghosts] = /^all .* (\d+)$/m.exec(table) ?? [];
			const lines = (await readFile(file, "utf8")).split("\n").slice(0, -1);
			expect(String(lines.length)).toBe(ghosts);
		});

		test.each([
			["--conditions", "lukewarm", "--conditions takes warm, cold, newFile"],
			["--languages", "cobol", "none in cobol"],
		])("says what %s takes", async (option, value, message) => {
			await expect(run(...typing, option, value)).rejects.toThrow(message);
		});
	});

	test("--humaneval writes functions, lines and spans, and runs their tests", async () => {
		const report: unknown = JSON.parse(await run("--humaneval", "--problems", "2", "--json"));
		const figures = { problems: 2, passed: { value: 0 }, exact: { value: 0 } };
		expect(report).toMatchObject({
			model: "tiny",
			humanEval: { function: figures, singleLine: figures, randomSpan: figures },
		});
		expect(await run("--humaneval", "--problems", "1", "--kinds", "singleLine")).toMatch(
			/singleLine +1 +0\.0 %[^]*Programs ran /,
		);
	});

	test("wants a data folder that is there", async () => {
		await expect(evalCommand.run([])).rejects.toMatchObject({ code: "usage" });
		await expect(evalCommand.run(["--typing"])).rejects.toMatchObject({ code: "usage" });
		await expect(evalCommand.run(["--data", "/nowhere"])).rejects.toMatchObject({
			code: "corpusInvalid",
		});
	});
});
