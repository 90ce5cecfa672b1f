import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { settingsReference } from "../../../scripts/settingsReference.ts";

const root = path.resolve(import.meta.dirname, "../../..");
const read = (name: string): string => readFileSync(path.join(root, name), "utf8");

test("the reference of settings is what `node scripts/settings.ts` writes now", () => {
	expect(read("docs/settings.md")).toBe(settingsReference(read("package.json")));
});

test("settings that the readme names are settings", () => {
	const known = new Set(
		[...read("docs/settings.md").matchAll(/^### `(mote\.[\w.]+)`$/gm)].map(([, name]) => name),
	);
	const named = [...read("README.md").matchAll(/`(mote\.[a-z]+\.[A-Za-z]+)`/g)].map(
		([, name]) => name,
	);
	expect(named.length).toBeGreaterThan(10);
	expect(named.filter((name) => !known.has(name))).toEqual([]);
});

const usual = { type: "boolean", default: true, order: 1, markdownDescription: "Shows it." };

function reference(
	properties: Readonly<Record<string, unknown>>,
	restricted: string[] = [],
): string {
	return settingsReference(
		JSON.stringify({
			capabilities: { untrustedWorkspaces: { restrictedConfigurations: restricted } },
			contributes: { configuration: { properties } },
		}),
	);
}

describe("a setting is described by", () => {
	test.each<readonly [string, object, string]>([
		["its description and default", {}, "Shows it.\n\n**Default** `true` · **Type** boolean\n"],
		["its range", { type: "integer", default: 2, minimum: 0, maximum: 9 }, "integer from 0 to 9"],
		[
			"its length",
			{ type: "string", default: "", maxLength: 7 },
			"**Default** empty · **Type** string of at most 7",
		],
		["where it counts", { scope: "machine" }, "· Of this machine only\n"],
		[
			"its choices",
			{ type: "string", default: "a", enum: ["a", "b"], enumDescriptions: ["A.", "B."] },
			"- `a`: A.\n- `b`: B.\n",
		],
		[
			"its names",
			{ type: "object", default: { "*": true }, additionalProperties: { type: "boolean" } },
			"`*`: `true` · **Type** names with a boolean each",
		],
	])("%s", (_, changes, expected) => {
		expect(reference({ "mote.enable": { ...usual, ...changes } })).toContain(expected);
	});
});

test("settings come in their order, below the heading of what they are about", () => {
	const text = reference({
		"mote.server.url": { ...usual, order: 3 },
		"mote.chat.b": { ...usual, order: 2 },
		"mote.chat.a": { ...usual, order: 1 },
	});
	expect([...text.matchAll(/^##+ .*$/gm)].map(([line]) => line)).toEqual([
		"## The chat",
		"### `mote.chat.a`",
		"### `mote.chat.b`",
		"## A server",
		"### `mote.server.url`",
	]);
});

test("what isn't read in a workspace that isn't trusted is said", () => {
	const text = reference({ "mote.enable": usual }, ["mote.enable"]);
	expect(text).toContain("Not read from a workspace that isn't trusted");
});

test.each<readonly [string, Readonly<Record<string, unknown>>]>([
	["a group without a heading", { "mote.other.a": usual }],
	["a keyword that isn't known", { "mote.enable": { ...usual, pattern: "^a" } }],
	["a setting without a description", { "mote.enable": { ...usual, markdownDescription: "" } }],
])("%s is refused, so that nothing is left out unseen", (_, properties) => {
	expect(() => reference(properties)).toThrow();
});
