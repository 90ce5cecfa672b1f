import { expect, test } from "vitest";
import {
	knownLanguageIds,
	languageIdOfPath,
	usualExtension,
} from "../../../src/context/files/languageIds.ts";
import { mayBeTypedIn, toldPath } from "../../../src/extension/toldPath.ts";

test.each([
	["a file", "file", "python", "src/a.py", "src/a.py"],
	["a file whose name says nothing", "file", "python", "bin/run", "bin/run"],
	["a file of a host", "vscode-vfs", "typescript", "src/a.ts", "src/a.ts"],
	["a cell in Python", "vscode-notebook-cell", "python", "lab/plot.ipynb", "lab/plot.py"],
	["a cell beside others", "vscode-notebook-cell", "sql", "lab/plot.ipynb", "lab/plot.sql"],
	["a cell of an unknown language", "vscode-notebook-cell", "julia", "a.ipynb", "a.ipynb"],
	["an unsaved document", "untitled", "typescript", "Untitled-1", "Untitled-1.ts"],
	["one that has a name already", "untitled", "typescript", "new.mts", "new.mts"],
	["one whose language was changed", "untitled", "python", "new.ts", "new.ts.py"],
	["one without a language", "untitled", "plaintext", "Untitled-1", "Untitled-1"],
	["the commit box", "vscode-scm", "scminput", "input", "COMMIT_EDITMSG"],
])("the model is told of %s", (_what, scheme, languageId, path, expected) => {
	expect(toldPath({ scheme, languageId, path })).toBe(expected);
});

test("every language that files tell has a usual extension that tells it, but those that are told by a name", () => {
	const without = knownLanguageIds.filter((id) => {
		const extension = usualExtension(id);
		return extension === undefined || languageIdOfPath(`a.${extension}`) !== id;
	});
	expect(without).toEqual(["plaintext", "dockerfile", "makefile"]);
});

test.each([
	["a file", "file", true, true],
	["an unsaved document", "untitled", undefined, true],
	["a cell of a notebook", "vscode-notebook-cell", undefined, true],
	["the commit box", "vscode-scm", undefined, true],
	["a file of a virtual workspace", "vscode-vfs", true, true],
	["a file of one that is read only", "vscode-vfs", false, false],
	["the old side of a diff", "git", false, false],
	["what an extension shows", "my-preview", undefined, false],
	["the output", "output", undefined, false],
])("whether somebody may type in %s", (_what, scheme, isWritable, expected) => {
	expect(mayBeTypedIn(scheme, isWritable)).toBe(expected);
});
