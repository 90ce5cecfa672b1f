import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { createTokenizer } from "../../../src/tokenizer/bpeTokenizer.ts";
import { loadTokenizer } from "../../../src/tokenizer/loadTokenizer.ts";
import type { TokenId } from "../../../src/tokenizer/tokenizer.ts";
import { TemporaryFolder } from "../../support/temporaryFolder.ts";
import { tinySpecialTokens } from "../../support/tinyTokenizer.ts";

const entryPoint = new URL("../../../src/tokenizer/tokenizerWorker.ts", import.meta.url);
const bundled = new URL("../../../models/mote-base/tokenizer.json", import.meta.url).pathname;

test("a tokenizer that another thread read is the one that this thread would have read", async () => {
	const loaded = await loadTokenizer(entryPoint, bundled);
	const own = createTokenizer(await readFile(bundled, "utf8"));
	const text = `${await readFile(import.meta.filename, "utf8")} é 🙂 \u{10fffd} <|fim_prefix|>`;

	expect(loaded.encode(text)).toEqual(own.encode(text));
	expect(loaded.vocabularySize).toBe(own.vocabularySize);
	for (const name of [...tinySpecialTokens, "<|none|>"]) {
		expect(loaded.specialToken(name)).toBe(own.specialToken(name));
	}
	for (let token = 0; token <= own.vocabularySize; token++) {
		expect(loaded.bytesOf(token as TokenId)).toEqual(own.bytesOf(token as TokenId));
	}
	expect(loaded.vocabulary.tokensWithPrefix("ret")).toEqual(own.vocabulary.tokensWithPrefix("ret"));
});

test("a file that can't be used is refused with the sentence of this thread", async () => {
	using folder = new TemporaryFolder();
	const file = path.join(folder.path, "tokenizer.json");
	await writeFile(file, "{}");
	const sentence = (error: unknown): unknown => error;
	const here = await Promise.resolve()
		.then(() => createTokenizer("{}"))
		.catch(sentence);
	const there = await loadTokenizer(entryPoint, file).catch(sentence);
	expect(there).toEqual(here);
	expect(there).toMatchObject({ name: "UserError", code: "tokenizerInvalid" });
});

test("a file that can't be read is no tokenizer, and says which", async () => {
	await expect(loadTokenizer(entryPoint, "/nowhere/tokenizer.json")).rejects.toThrow(
		/ENOENT.*tokenizer\.json/,
	);
});
