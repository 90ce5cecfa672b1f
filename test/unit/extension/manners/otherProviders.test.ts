import { expect, test } from "vitest";
import { readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import {
	otherProviders,
	otherProvidersNotice,
	type OtherExtension,
} from "../../../../src/extension/manners/otherProviders.ts";

function extension(id: string, packageJSON: unknown = {}, isActive = true): OtherExtension {
	return { id, isActive, packageJSON };
}

test.each<[string, readonly OtherExtension[], readonly string[]]>([
	["nothing that shows suggestions", [extension("ada.theme", { displayName: "Theme" })], []],
	[
		"one that is known",
		[extension("GitHub.copilot", { displayName: "GitHub Copilot" })],
		["GitHub Copilot"],
	],
	["one that isn't active", [extension("GitHub.copilot", {}, false)], []],
	[
		"one that asks the editor for what only such need",
		[
			extension("ada.ghosts", {
				displayName: "Ghosts",
				enabledApiProposals: ["chatProvider", "inlineCompletionsAdditions@3"],
			}),
		],
		["Ghosts"],
	],
	["itself", [extension("Mote.mote", { enabledApiProposals: ["inlineCompletionsAdditions"] })], []],
	[
		"a name that is to be translated",
		[extension("Codeium.codeium", { displayName: "%n%" })],
		["Codeium.codeium"],
	],
	["a manifest that is none", [extension("Continue.continue", "?")], ["Continue.continue"]],
	[
		"a name with markup, and without an end",
		[extension("supermaven.supermaven", { displayName: `[a](command:x)\n# ${"y".repeat(99)}` })],
		[`a (command x) ${"y".repeat(46)}`],
	],
])("with %s", (_what, extensions, expected) => {
	expect(otherProviders(extensions, "mote.mote")).toEqual(expected);
});

test("what they mean is one sentence", () => {
	expect([otherProvidersNotice([]), otherProvidersNotice(["A", "B"])]).toEqual([
		undefined,
		"Other extensions may show suggestions too (A, B): the editor shows one at a time, goes to the next by Alt+], and Tab takes the one in sight.",
	]);
});

test("a key that others, or the editor, take suggestions with is only Mote's while a next edit is shown and no ghost text is", () => {
	const { contributes } = z
		.object({ contributes: z.object({ keybindings: z.array(z.record(z.string(), z.string())) }) })
		.parse(
			JSON.parse(
				readFileSync(path.resolve(import.meta.dirname, "../../../../package.json"), "utf8"),
			),
		);
	const shared = contributes.keybindings.filter(({ key = "", mac = "" }) =>
		[key, mac].some((one) => one !== "" && !/^(ctrl|cmd)\+alt\+/.test(one)),
	);
	expect(shared.map(({ key }) => key).sort()).toEqual(["escape", "tab"]);
	for (const { when = "" } of shared) {
		const clauses = when.split(" && ");
		expect(clauses).toEqual(
			expect.arrayContaining(["!inlineSuggestionVisible", "!suggestWidgetVisible"]),
		);
		expect(clauses.some((clause) => clause.startsWith("mote.nextEdit"))).toBe(true);
	}
});
