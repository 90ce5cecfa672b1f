import { afterEach, describe, expect, test } from "vitest";
import { CorpusFile } from "../../../src/evaluation/corpusFile.ts";
import {
	corpusBytes,
	sampleRecords,
	writeCorpusFolder,
	type CorpusFolder,
	type CorpusRecord,
} from "../../support/corpusFolder.ts";

describe("a corpus file", () => {
	let folder: CorpusFolder | undefined;

	afterEach(async () => {
		await folder?.remove();
		folder = undefined;
	});

	async function openWith(validation: readonly CorpusRecord[] | Uint8Array): Promise<CorpusFile> {
		folder = await writeCorpusFolder({ validation });
		return await CorpusFile.open(folder.validationPath);
	}

	test("gives back the records that were written", async () => {
		// Longer than what is read at once, so that a text and a head cross the border.
		const long = { package: "p", language: "go", path: "größe.go", text: "ä\n".repeat(700_000) };
		const records = [...sampleRecords(), long, { ...long, text: "" }, ...sampleRecords()];
		await using file = await openWith(records);
		const read: CorpusRecord[] = [];
		for (const entry of file.entries) {
			const { package: name, language, path } = entry;
			read.push({ package: name, language, path, text: await file.readText(entry) });
		}
		expect(read).toEqual(records);
	});

	test("may be empty", async () => {
		await using file = await openWith([]);
		expect(file.entries).toEqual([]);
	});

	test.each([
		["a record without end", corpusBytes(sampleRecords()).subarray(0, -1)],
		["a head without end", Buffer.alloc(20_000, "a")],
		["a text without end", Buffer.concat([Buffer.from("p\x1fgo\x1fa.go\x1f"), Buffer.alloc(5e6)])],
		["a path that is not UTF-8", Buffer.from("p\x1fgo\x1f\xff\x1ftext\x1e", "latin1")],
	])("%s is refused", async (_, bytes) => {
		await expect(openWith(bytes)).rejects.toMatchObject({ code: "corpusInvalid" });
	});

	test("a text that is not UTF-8 is refused when it is read", async () => {
		await using file = await openWith(Buffer.from("p\x1fgo\x1fa.go\x1f\xff\x1e", "latin1"));
		const [entry] = file.entries;
		expect(entry).toBeDefined();
		await expect(entry && file.readText(entry)).rejects.toMatchObject({ code: "corpusInvalid" });
	});

	test("a missing file is a fault that says what --data takes", async () => {
		await expect(CorpusFile.open("/nowhere/validation.rec")).rejects.toThrow(/--data/);
	});
});
