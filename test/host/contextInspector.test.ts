import assert from "node:assert";
import { afterEach, before, describe, it } from "mocha";
import * as vscode from "vscode";
import type { MoteApi } from "../../src/extension/extension.ts";
import { holdsOnce } from "./events.ts";
import { showContext, textMatching } from "./inspector.ts";
import {
	closeEditors,
	completeSomewhere,
	moveCursor,
	openDocument,
	readyMote,
	setSetting,
	statusOf,
	trigger,
} from "./mote.ts";

describe("the last prompt in an editor of its own", () => {
	let mote: MoteApi;

	before(async () => {
		mote = await readyMote();
	});

	afterEach(async () => {
		await closeEditors();
		await setSetting("completion.adaptation", undefined);
		await setSetting("completion.repositoryContext", undefined);
	});

	it("quotes the lines around the cursor", async () => {
		await completeSomewhere(mote);
		const document = await showContext();
		assert.strictEqual(document.languageId, "mote-prompt-trace");
		await textMatching(document, /^\| export function first\(items: readonly string\[\]\)/m);
		assert.deepStrictEqual(foreignLines(document.getText()), []);
	});

	it("shows that a place where the cursor rests was read before anyone typed", async () => {
		await setSetting("completion.repositoryContext", false);
		const lines = Array.from({ length: 60 }, (_, at) => `const value${at} = read(${at * 7});`);
		const editor = await openDocument("typescript", `║${lines.join("\n")}\n`);
		// While a request is under way, such as one of the editor's own for what it has just opened, nothing is read.
		await statusOf(mote, "ready", "nothing");
		const prepared = preparedPlaces(mote);
		await moveCursor(editor, new vscode.Position(lines.length, 0));
		await prepared.includes(editor);
		await trigger(mote);
		const [, read, all] = await textMatching(
			await showContext(),
			// Of the prompt that has the last line, not of one before it.
			/^# (\d+) of (\d+) prompt tokens were read[^]*^\| const value59 /m,
		);
		assert(Number(all) > 300);
		assert(Number(read) < 10, `${read} of ${all} tokens were read`);
	});

	it("says how much of the answer was learned", async () => {
		await completeSomewhere(mote);
		const document = await showContext();
		const [, share] = await textMatching(
			document,
			/^# (\d+) % of the answer's probability came from this repository/m,
		);
		assert(Number(share) >= 0 && Number(share) <= 100);
	});

	it("follows the next prompt, and says nothing of learning where that is off", async () => {
		await completeSomewhere(mote);
		const document = await showContext();
		await setSetting("completion.adaptation", false);
		const head = "// A head that the prompt before did not have.";
		await completeSomewhere(mote, { head: `${head}\n` });
		await textMatching(document, /^\| \/\/ A head that the prompt before did not have\.$/m);
		assert.doesNotMatch(document.getText(), /came from this repository/);
	});

	it("has no pieces of other files where they are off", async () => {
		await setSetting("completion.repositoryContext", false);
		await completeSomewhere(mote, { head: "// No pieces.\n" });
		const document = await showContext();
		await textMatching(document, /^# .*, 0 pieces of other files$/m);
		assert.doesNotMatch(document.getText(), / · score /);
	});

	it("stays where it is when it is asked for again", async () => {
		await completeSomewhere(mote);
		const document = await showContext();
		await vscode.window.showTextDocument(document);
		await showContext();
		const groups = vscode.window.tabGroups.all;
		assert.strictEqual(groups.length, 2);
	});
});

/**
 * Lines that are neither quoted nor one of the headings. A model that was trained for them gets pieces of
 * other files, each with the reason why it is there; others get none.
 */
function foreignLines(text: string): string[] {
	const heading =
		/^(# .*|## .+ · \w+ · score \d+\.\d\d · \d+ tokens|## (after|before) the cursor · \d+ tokens)$/;
	return text
		.split("\n")
		.filter((line) => line !== "" && !line.startsWith("| ") && !heading.test(line));
}

/** Notes from now on which places of the cursor have been read, until one was asked about. */
function preparedPlaces(mote: MoteApi): { includes(editor: vscode.TextEditor): Promise<void> } {
	// Where the cursor was before it was moved is read, too, and may be told of afterwards.
	const seen: vscode.Location[] = [];
	const listener = mote.onDidPrepare((place) => void seen.push(place));
	return {
		includes: async ({ document, selection }) => {
			const isHere = ({ uri, range }: vscode.Location): boolean =>
				uri.toString() === document.uri.toString() && range.start.isEqual(selection.active);
			await holdsOnce(mote.onDidPrepare, () => seen.some(isHere));
			listener.dispose();
		},
	};
}
