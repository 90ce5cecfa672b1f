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
}));
vi.setConfig({ testTimeout: 120_000 });

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
		// How much is drafted depends on the time that passes take; what comes out doesn't.
		expect(JSON.parse(await run(...args))).toEqual({
			...(report as object),
			drafters: expect.anything() as unknown,
		});
	});

	test("prints tables without --json", async () => {
		const table = await run();
		for (const row of ["bits/byte", "typescript", "restOfLine, prefix only", "0.7", "ngram"]) {
			expect(table).toContain(row);
		}
	});

	test("wants a data folder that is there", async () => {
		await expect(evalCommand.run([])).rejects.toMatchObject({ code: "usage" });
		await expect(evalCommand.run(["--data", "/nowhere"])).rejects.toMatchObject({
			code: "corpusInvalid",
		});
	});
});
