/** Which settings say what a person has chosen among the models. */
import { expect, test } from "vitest";
import { changesToStopUsing, changesToUse } from "../../../src/extension/models/modelUse.ts";
import { readSettings } from "../../../src/extension/settings.ts";

const settings = (values: Readonly<Record<string, unknown>> = {}) =>
	readSettings({ get: (key) => values[key] });
const bundled = new Map([["/mote/models/mote-nano", "nano"]]);
const server = { "server.url": "http://127.0.0.1:11434/v1", "server.model": "q" };

test.each([
	["a folder for the chat", "chat", "/m", {}, [["chat.modelPath", "/m"]]],
	[
		"a folder where a server answered",
		"chat",
		"/m",
		server,
		[
			["server.useForChat", false],
			["chat.modelPath", "/m"],
		],
	],
	["a folder for completions", "completions", "/m", {}, [["completion.model", "/m"]]],
	[
		"one that ships, by its name",
		"completions",
		"/mote/models/mote-nano",
		server,
		[
			["server.useForCompletions", false],
			["completion.model", "nano"],
		],
	],
] as const)("%s", (_, purpose, folder, values, expected) => {
	expect(changesToUse(purpose, { kind: "folder", folder }, settings(values), bundled)).toEqual(
		expected,
	);
});

test("another server is named in the end, and only for what was asked", () => {
	const source = { kind: "server", address: "http://127.0.0.1:1234/v1", model: "m" } as const;
	const changes = changesToUse("chat", source, settings(server), bundled);
	expect(changes.at(-1)).toEqual(["server.url", "http://127.0.0.1:1234/v1"]);
	expect(Object.fromEntries(changes)).toMatchObject({
		"server.useForChat": true,
		"server.useForCompletions": false,
		"server.model": "m",
	});
});

test("the server in use is taken for one thing more", () => {
	const source = { kind: "server", address: server["server.url"], model: "q" } as const;
	expect(changesToUse("completions", source, settings(server), bundled)).toEqual([
		["server.useForCompletions", true],
	]);
});

test("what is removed is used for nothing any more, and nothing else changes", () => {
	const both = settings({ "chat.modelPath": "/m", "completion.model": "/m" });
	expect(changesToStopUsing("/m", both)).toEqual([
		["chat.modelPath", undefined],
		["completion.model", undefined],
	]);
	expect(changesToStopUsing("/other", both)).toEqual([]);
});
