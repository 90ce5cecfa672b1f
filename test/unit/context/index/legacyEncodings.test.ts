import { expect, test } from "vitest";
import type { FileEncodings } from "../../../../src/context/files/encodings.ts";
import { openIndex } from "../../../support/indexedFolder.ts";
import { TemporaryFolder } from "../../../support/temporaryFolder.ts";

const signal = new AbortController().signal;

const text = "/* Prüft die Größe */\nint pruefe(int groesse) {\n    return groesse;\n}\n";
const files = {
	"utf8.c": text,
	"latin1.c": Buffer.from(text, "latin1"),
	"sjis.py": Buffer.from("# \x93\xfa\x96\x7b\ndef nihon():\n    pass\n", "latin1"),
	"ascii.c": "int ascii(void);\n",
};

async function indexed(encodings?: FileEncodings): Promise<Readonly<Record<string, string>>> {
	using folder = new TemporaryFolder(files);
	await using index = await openIndex(folder.path, encodings === undefined ? {} : { encodings });
	await index.scan(signal);
	return Object.fromEntries(
		index.files().map(({ path }) => [path, index.textOf(path, 0, 1)?.split("\n")[0] ?? ""]),
	);
}

test("files in another encoding than is told are left out", async () => {
	expect(await indexed()).toEqual({
		"ascii.c": "int ascii(void);",
		"utf8.c": "/* Prüft die Größe */",
	});
});

test("files are read as the editor is set to, by folder and by language", async () => {
	const encodings = { default: "windows1252", byLanguage: { python: "shiftjis" } };
	expect(await indexed(encodings)).toEqual({
		"ascii.c": "int ascii(void);",
		"latin1.c": "/* Prüft die Größe */",
		"sjis.py": "# 日本",
		// So the editor shows it, too.
		"utf8.c": "/* PrÃ¼ft die GrÃ¶ÃŸe */",
	});
});

test("the text of an open document goes before what can't be decoded", async () => {
	using folder = new TemporaryFolder(files);
	await using index = await openIndex(folder.path);
	await index.scan(signal);
	await index.update("latin1.c", text);
	expect(index.textOf("latin1.c", 0, 0)).toBe("/* Prüft die Größe */");
	expect(index.definitionsOf("pruefe").map(({ path }) => path)).toContain("latin1.c");
	await index.update("latin1.c");
	expect(index.file("latin1.c")).toBeUndefined();
	await index.update("latin1.c", text.replaceAll("ü", "\uFFFD"));
	expect(index.file("latin1.c")).toBeUndefined();
});

test("what was kept is read anew when the editor is set to another encoding", async () => {
	using folder = new TemporaryFolder(files);
	using storage = new TemporaryFolder();
	for (const encoding of ["windows1252", "utf8", "windows1252"]) {
		const encodings = { default: encoding, byLanguage: {} };
		await using index = await openIndex(folder.path, { storageFolder: storage.path, encodings });
		await index.scan(signal);
		expect(index.file("latin1.c") !== undefined).toBe(encoding === "windows1252");
	}
});
