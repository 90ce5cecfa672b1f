import { expect, test } from "vitest";
import { maxDocumentLength } from "../../../src/completion/completionPlace.ts";
import { documentRequest, type RequestDocument } from "../../../src/extension/documentRequest.ts";

/** A document as the editor's: offsets count the line ends that the text has. */
function documentOf(
	text: string,
	languageId = "typescript",
	path = "/home/ada/a.ts",
): RequestDocument & { readonly reads: number } {
	const lines = text.split("\n");
	let reads = 0;
	return {
		languageId,
		uri: { path },
		lineCount: lines.length,
		getText: () => {
			reads++;
			return text;
		},
		lineAt: (line) => ({
			range: {
				start: { line, character: 0 },
				end: { line, character: (lines[line] ?? "").replace(/\r$/, "").length },
			},
		}),
		offsetAt: ({ line, character }) =>
			lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0) + character,
		get reads() {
			return reads;
		},
	};
}

const automatic = { invoked: false, selectedCompletionInfo: undefined };

test("the request holds the whole text and the cursor's offset in it", () => {
	const document = documentOf("const a = 1;\r\nconst ");
	expect(documentRequest(document, "src/a.ts", { line: 1, character: 6 }, automatic)).toEqual({
		path: "src/a.ts",
		languageId: "typescript",
		text: "const a = 1;\r\nconst ",
		offset: 20,
		trigger: "automatic",
	});
});

test("how long ago the document changed comes along where it is known", () => {
	const at = { line: 0, character: 6 };
	const ageOf = (keyAgeMs: number | undefined): number | undefined =>
		documentRequest(documentOf("const "), "a.ts", at, { ...automatic, keyAgeMs })?.keyAgeMs;
	expect([ageOf(undefined), ageOf(51)]).toEqual([undefined, 51]);
});

test("what stands before the document comes along where there is something", () => {
	const at = { line: 0, character: 6 };
	const before = (precedingText: string): string | undefined =>
		documentRequest(documentOf("const "), "a.ts", at, { ...automatic, precedingText })
			?.precedingText;
	expect([before(""), before("import x;\n")]).toEqual([undefined, "import x;\n"]);
});

test("the entry selected in the suggest widget comes along with what it replaces", () => {
	const request = documentRequest(
		documentOf("list.ad"),
		"a.ts",
		{ line: 0, character: 7 },
		{
			invoked: true,
			selectedCompletionInfo: {
				text: "add",
				range: { start: { line: 0, character: 5 }, end: { line: 0, character: 7 } },
			},
		},
	);
	expect(request).toMatchObject({
		trigger: "invoked",
		selectedSuggestion: { text: "add", start: 5, end: 7 },
	});
});

test("a document that is too long is declined without reading it", () => {
	const document = documentOf("x".repeat(maxDocumentLength + 1));
	expect(documentRequest(document, "a.ts", { line: 0, character: 0 }, automatic)).toBeUndefined();
	expect(document.reads).toBe(0);
});

test.each([
	["Vue's, where the editor has no extension for it", "plaintext", "/shop/Card.vue", "vue"],
	["the editor's, where it knows one", "dockercompose", "/shop/compose.yaml", "dockercompose"],
	["the one that somebody has chosen", "jinja", "/shop/page.html", "jinja"],
	["none, where the name says nothing either", "plaintext", "/shop/notes.txt", "plaintext"],
])("a document's language is %s", (_name, languageId, path, expected) => {
	const document = documentOf("", languageId, path);
	const request = documentRequest(document, "a", { line: 0, character: 0 }, automatic);
	expect(request?.languageId).toBe(expected);
});
