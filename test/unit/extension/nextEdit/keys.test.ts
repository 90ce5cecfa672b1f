import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import * as z from "zod";

const { contributes } = z
	.object({
		contributes: z.object({
			keybindings: z.array(
				z.object({
					command: z.string(),
					key: z.string(),
					args: z.string().optional(),
					when: z.string().optional(),
				}),
			),
		}),
	})
	.parse(
		JSON.parse(readFileSync(path.resolve(import.meta.dirname, "../../../../package.json"), "utf8")),
	);

/** Whether a key is Mote's where the editor's context is `context`; what isn't named is false there. */
function isTaken(key: string, context: Readonly<Record<string, boolean | string>>): boolean {
	const [binding, ...others] = contributes.keybindings.filter((one) => one.key === key);
	expect(others).toEqual([]);
	return (binding?.when ?? "").split(" && ").every((clause) =>
		clause
			.replaceAll(/[()]/g, "")
			.split(" || ")
			.some((term) => holds(term, context)),
	);
}

function holds(term: string, context: Readonly<Record<string, boolean | string>>): boolean {
	const [, negation = "", name = "", operator, value] =
		/^(!?)([\w.]+)(?: (==|!=) '(\w+)')?$/.exec(term) ?? [];
	expect(name, `${term} is not understood`).not.toBe("");
	const actual = context[name] ?? false;
	return value === undefined
		? (actual !== false) === (negation === "")
		: (actual === value) === (operator === "==");
}

const shown = {
	"mote.nextEditShown": true,
	"mote.nextEditTakesTab": true,
	editorTextFocus: true,
};

describe("Tab", () => {
	test("is about a next edit that is shown, in a text that one may type in", () => {
		expect(isTaken("tab", shown)).toBe(true);
		expect(isTaken("tab", { ...shown, "vim.active": true, "vim.mode": "Insert" })).toBe(true);
	});

	test("is so too behind a word of the list of suggestions, where Tab doesn't go through these", () => {
		const context = { ...shown, hasOtherSuggestions: true, "config.editor.tabCompletion": "off" };
		expect(isTaken("tab", context)).toBe(true);
	});

	test("says that it is the key, which may have been about the cursor a moment ago", () => {
		const [binding] = contributes.keybindings.filter(({ key }) => key === "tab");
		expect(binding).toMatchObject({ command: "mote.acceptNextEdit", args: "tab" });
	});

	test.each<[string, Record<string, boolean | string>]>([
		["no next edit is shown", { "mote.nextEditTakesTab": false }],
		["there is ghost text", { inlineSuggestionVisible: true }],
		["somebody else shows an edit", { inlineEditIsVisible: true }],
		["there is a list of suggestions", { suggestWidgetVisible: true }],
		["a snippet has places to fill in", { inSnippetMode: true }],
		["the word in front of the cursor is a snippet's", { hasSnippetCompletions: true }],
		[
			"it takes the next of several suggestions",
			{ hasOtherSuggestions: true, "config.editor.tabCompletion": "on" },
		],
		["something is selected", { editorHasSelection: true }],
		["there are several cursors", { editorHasMultipleSelections: true }],
		["Tab moves the focus", { editorTabMovesFocus: true }],
		["the text is read only", { editorReadonly: true }],
		["it is a diff", { isInDiffEditor: true }],
		["the focus is elsewhere", { editorTextFocus: false }],
		["Vim is in normal mode", { "vim.active": true, "vim.mode": "Normal" }],
		["Neovim is in normal mode", { "neovim.init": true, "neovim.mode": "normal" }],
	])("keeps its meaning where %s", (_where, context) => {
		expect(isTaken("tab", { ...shown, ...context })).toBe(false);
	});
});

describe("Escape", () => {
	test("dismisses a next edit that is shown, also where Tab indents", () => {
		expect(isTaken("escape", { ...shown, "mote.nextEditTakesTab": false })).toBe(true);
	});

	test.each<[string, Record<string, boolean | string>]>([
		["no next edit is shown", { "mote.nextEditShown": false }],
		["there is ghost text", { inlineSuggestionVisible: true }],
		["there is a list of suggestions", { suggestWidgetVisible: true }],
		["parameters are shown", { parameterHintsVisible: true }],
		["somebody searches", { findWidgetVisible: true }],
		["somebody goes through problems", { markersNavigationVisible: true }],
		["references are shown", { referenceSearchVisible: true }],
		["a change is compared with what was committed", { dirtyDiffVisible: true }],
		["tags are edited together", { LinkedEditingInputVisible: true }],
		["a selection was begun", { selectionAnchorSet: true }],
		["something is selected", { editorHasSelection: true }],
		["there are several cursors", { editorHasMultipleSelections: true }],
		["a snippet has places to fill in", { inSnippetMode: true }],
		["it leaves Vim's insert mode", { "vim.active": true, "vim.mode": "Insert" }],
	])("keeps its meaning where %s", (_where, context) => {
		expect(isTaken("escape", { ...shown, ...context })).toBe(false);
	});
});
