import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";
import { amounts, amountText } from "../../../../src/extension/amounts.ts";
import {
	menuEntries,
	menuTitle,
	type MenuEntry,
	type MenuFacts,
} from "../../../../src/extension/menu/menuEntries.ts";

const usual: MenuFacts = {
	status: { kind: "ready" },
	settings: {
		enable: true,
		enabledLanguages: { "*": true, plaintext: false },
		completion: { minJointProbability: 0.83 },
	},
	languageId: "typescript",
	snoozedUntil: undefined,
	model: { name: "mote-base", backendName: "Mote's addon, 2 threads", because: undefined },
	works: [],
	serverOrigin: undefined,
	lastSilence: "The model was not sure enough to show anything.",
	lastCopied: undefined,
	nextEdits: undefined,
};

/** A line for each entry, as a person reads it. */
function shown(facts: Partial<MenuFacts>): string[] {
	return menuEntries({ ...usual, ...facts }).map((entry) =>
		entry.kind === "heading"
			? `— ${entry.label}`
			: [entry.label, entry.description, entry.detail]
					.filter((part) => part !== undefined)
					.join(" | "),
	);
}

test("the menu reaches everything, what a person most likely came for first", () => {
	expect(shown({})).toMatchInlineSnapshot(`
		[
		  "— Suggestions",
		  "$(question) Why no suggestion? | The model was not sure enough to show anything.",
		  "$(settings) More or less ghost text… | Balanced: shown when it is right with 83 %",
		  "$(bell-slash) Snooze for 5 minutes",
		  "$(bell-slash) Snooze for 30 minutes",
		  "$(circle-slash) Turn completions off in typescript",
		  "$(circle-slash) Turn completions off everywhere",
		  "— Models and chat",
		  "$(comment-discussion) Chat",
		  "$(package) Model: mote-base",
		  "$(server-process) Runs on: Mote's addon, 2 threads",
		  "$(library) Models…",
		  "$(server) Server… | none: nothing is sent",
		  "— What Mote did",
		  "$(eye) What went into the last prompt",
		  "$(graph) Statistics",
		  "$(pulse) Diagnostics report | to be pasted, without code or paths",
		  "$(output) Log",
		  "$(debug-restart) Restart the engine",
		  "$(book) Get started",
		  "$(gear) Settings",
		]
	`);
});

test.each<[string, Partial<MenuFacts>, readonly string[], readonly string[]]>([
	[
		"completions are off",
		{
			settings: { ...usual.settings, enable: false },
			status: { kind: "off", languageId: undefined },
		},
		["$(check) Turn completions on"],
		["Snooze", "in typescript", "Turn completions off"],
	],
	[
		"the language is off",
		{ languageId: "plaintext", status: { kind: "off", languageId: "plaintext" } },
		[
			"$(check) Turn completions on in plaintext",
			"$(circle-slash) Turn completions off everywhere",
		],
		["off in plaintext"],
	],
	[
		"no file is open",
		{ languageId: undefined },
		["Snooze for 5 minutes"],
		["Turn completions on in"],
	],
	[
		"it snoozes",
		{ snoozedUntil: "14:35", status: { kind: "snoozed", until: "14:35" } },
		["$(bell) End the snooze | until 14:35"],
		["Snooze for"],
	],
	[
		"the machine runs on its battery",
		{ status: { kind: "onBattery" } },
		["$(plug) Complete on battery too…"],
		[],
	],
	[
		"the model is being loaded",
		{ model: undefined, status: { kind: "starting" } },
		[],
		["Model:", "Runs on"],
	],
	[
		"another model has taken over",
		{
			model: {
				name: "mote-nano",
				backendName: "CPU",
				because: { kind: "fault", sentence: "mote-base is damaged." },
			},
		},
		["$(warning) Model: mote-nano | mote-base is damaged."],
		[],
	],
	[
		"a server is chosen",
		{ serverOrigin: "https://gpu.example" },
		["$(server) Server… | https://gpu.example"],
		["nothing is sent"],
	],
	[
		"the gate is somebody's own",
		{ settings: { ...usual.settings, completion: { minJointProbability: 0 } } },
		["Your own: everything is shown"],
		[],
	],
	[
		"nothing was silent yet",
		{ lastSilence: undefined },
		["$(question) Why no suggestion?"],
		["undefined"],
	],
])("when %s", (_what, facts, has, hasNot) => {
	const text = shown(facts).join("\n");
	for (const part of has) {
		expect(text).toContain(part);
	}
	for (const part of hasNot) {
		expect(text).not.toContain(part);
	}
});

test("what is wrong or under way comes first", () => {
	const paused = { rowId: "m", kind: "paused", label: "Resume M: paused", detail: "" } as const;
	expect(shown({ status: { kind: "offInEditor" }, works: [paused] }).slice(0, 3)).toEqual([
		"$(check) Let the editor show completions",
		"$(debug-continue) Resume M: paused",
		"— Suggestions",
	]);
	const failed = shown({ status: { kind: "failed", message: "It is broken; mend it." } });
	expect(failed[0]).toBe("$(debug-restart) Restart the engine | It is broken; mend it.");
	expect(failed.filter((line) => line.includes("Restart")).length).toBe(1);
	expect(menuTitle({ kind: "failed", message: "It is broken; mend it." })).toBe(
		"Mote: It is broken; mend it.",
	);
});

test("every command that the menu names is one of the palette", () => {
	const { contributes } = z
		.object({ contributes: z.object({ commands: z.array(z.object({ command: z.string() })) }) })
		.parse(
			JSON.parse(
				readFileSync(path.resolve(import.meta.dirname, "../../../../package.json"), "utf8"),
			),
		);
	const declared = contributes.commands.map(({ command }) => command);
	const states: Partial<MenuFacts>[] = [
		{},
		{ snoozedUntil: "1:00" },
		{ status: { kind: "failed", message: "No." } },
		{ nextEdits: "Next edits: 3 in 2 other files" },
	];
	const named = states
		.flatMap((state): readonly MenuEntry[] => menuEntries({ ...usual, ...state }))
		.flatMap((entry) =>
			entry.kind === "item" && entry.action.kind === "command" ? [entry.action.command] : [],
		);
	expect(named.length).toBeGreaterThan(8);
	expect(declared).toEqual(expect.arrayContaining(named));
});

test("the three amounts stand around the default, and each says its probability", () => {
	expect(amounts.map(({ probability }) => amountText(probability))).toEqual([
		"More: shown when it is right with 70 %",
		"Balanced: shown when it is right with 83 %",
		"Less: shown when it is right with 90 %",
	]);
});

test("whose text a suggestion repeated can still be read when it is gone", () => {
	const sentence = "A suggestion repeats text of a 1.0 (MIT), which mote-base was trained on.";
	expect(shown({ lastCopied: sentence })).toContain(`$(law) Repeated text | ${sentence}`);
});

test("next edits in other files lead to their list, where there are any", () => {
	const nextEdits = "Next edits: 3 in 2 other files";
	expect(shown({ nextEdits })).toContain(`$(arrow-right) ${nextEdits}`);
	expect(shown({}).join("\n")).not.toContain("Next edits");
});
