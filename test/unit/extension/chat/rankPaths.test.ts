import { expect, test } from "vitest";
import { rankPaths } from "../../../../src/extension/chat/rankPaths.ts";

test("paths are found by the letters of their names, the likeliest first", () => {
	const paths = ["src/book.ts", "src/notebook.ts", "books/readme.md", "src/bo/ok.ts", "web/x.js"];
	expect(rankPaths("book", paths, 10)).toEqual([
		"src/book.ts",
		"src/notebook.ts",
		"books/readme.md",
		"src/bo/ok.ts",
	]);
	expect(rankPaths("SRC\\book", paths, 10)).toEqual([
		"src/book.ts",
		"src/bo/ok.ts",
		"src/notebook.ts",
	]);
	expect(rankPaths("", paths, 2)).toEqual(["src/book.ts", "src/notebook.ts"]);
});
