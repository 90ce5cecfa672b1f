import * as vscode from "vscode";
import { plainText } from "./documentText.ts";
import { displayPath } from "../workspacePaths.ts";

export interface TestFile {
	readonly uri: vscode.Uri;
	readonly path: string;
}

/** Where the tests of a file go: beside it, by the name that its language's tools look for. */
export async function testFileOf(uri: vscode.Uri): Promise<TestFile> {
	const slash = uri.path.lastIndexOf("/");
	const name = uri.path.slice(slash + 1);
	const names = testNames(name);
	const beside = names.map((candidate) =>
		uri.with({ path: uri.path.slice(0, slash + 1) + candidate }),
	);
	for (const candidate of beside) {
		if (await exists(candidate)) {
			return { uri: candidate, path: displayPath(candidate) };
		}
	}
	const [first = uri] = beside;
	return { uri: first, path: displayPath(first) };
}

/** The likeliest first. */
export function testNames(name: string): readonly string[] {
	const dot = name.lastIndexOf(".");
	const stem = dot <= 0 ? name : name.slice(0, dot);
	const extension = dot <= 0 ? "" : name.slice(dot);
	switch (extension) {
		case ".go":
			return [`${stem}_test.go`];
		case ".py":
			return [`test_${stem}.py`, `${stem}_test.py`];
		case ".java":
		case ".cs":
		case ".kt":
			return [`${stem}Test${extension}`, `${stem}Tests${extension}`];
		case ".rb":
			return [`${stem}_spec.rb`, `${stem}_test.rb`];
		case ".rs":
		case ".c":
		case ".cc":
		case ".cpp":
			return [`${stem}_test${extension}`];
		default:
			return [`${stem}.test${extension}`, `${stem}.spec${extension}`];
	}
}

/** With "\n" line breaks; undefined for a file that isn't there. */
export async function existingText(uri: vscode.Uri): Promise<string | undefined> {
	return (await exists(uri)) ? plainText(await vscode.workspace.openTextDocument(uri)) : undefined;
}

async function exists(uri: vscode.Uri): Promise<boolean> {
	try {
		return (await vscode.workspace.fs.stat(uri)).type === vscode.FileType.File;
	} catch (error) {
		if (error instanceof vscode.FileSystemError) {
			return false;
		}
		throw error;
	}
}
