import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";
import { defaultCompletionConfig } from "../../../src/completion/defaultConfig.ts";
import {
	isEnabledFor,
	readSettings,
	sameEngineSettings,
	settingDeclarations,
	type Configuration,
} from "../../../src/extension/settings.ts";

const manifestSchema = z.object({
	contributes: z.object({
		configuration: z.object({
			properties: z.record(z.string(), z.record(z.string(), z.unknown())),
		}),
	}),
});

const root = path.resolve(import.meta.dirname, "../../..");
const declared = manifestSchema.parse(
	JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")),
).contributes.configuration.properties;

/** The part of a JSON schema in which both sides state the same thing. */
const comparedKeywords = [
	"type",
	"minimum",
	"maximum",
	"enum",
	"additionalProperties",
	"maxLength",
	"default",
] as const;

function compared(schema: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(
		comparedKeywords.flatMap((keyword) =>
			schema[keyword] === undefined ? [] : [[keyword, schema[keyword]]],
		),
	);
}

function configurationOf(values: Record<string, unknown>): Configuration {
	const all = new Map<string, unknown>([
		...Object.entries(declared).map(([key, schema]): [string, unknown] => [
			key.slice("mote.".length),
			schema["default"],
		]),
		...Object.entries(values),
	]);
	return { get: (key) => all.get(key) };
}

test("package.json declares the same keys, types, bounds and defaults as the code", () => {
	const declarations: Record<string, { schema: () => z.ZodType; default: unknown }> =
		settingDeclarations;
	const inCode = Object.entries(declarations).map(([key, declaration]) => [
		`mote.${key}`,
		compared({ ...z.toJSONSchema(declaration.schema()), default: declaration.default }),
	]);
	const inManifest = Object.entries(declared).map(([key, schema]) => [key, compared(schema)]);
	expect(Object.fromEntries(inCode)).toEqual(Object.fromEntries(inManifest));
});

test("the command line completes with the same defaults", () => {
	expect(readSettings(configurationOf({})).completion).toEqual(defaultCompletionConfig);
});

test("settings that choose what runs can't be set by a workspace", () => {
	const machineScoped = Object.entries(declared)
		.filter(([, { scope }]) => scope === "machine")
		.map(([key]) => key);
	expect(machineScoped).toEqual([
		"mote.completion.model",
		"mote.completion.unloadAfterMinutes",
		"mote.engine.threads",
		"mote.engine.nodePath",
		"mote.engine.gpu",
		"mote.engine.gpuLibraries",
		"mote.chat.modelPath",
		"mote.chat.unloadAfterMinutes",
		"mote.server.url",
		"mote.server.model",
		"mote.server.kind",
		"mote.server.useForChat",
		"mote.server.useForCompletions",
		"mote.server.fimFamily",
		"mote.server.offerRunning",
	]);
});

test("defaults give frozen settings without problems", () => {
	const settings = readSettings(configurationOf({}));
	expect(settings).toMatchObject({
		enable: true,
		completion: { debounceMs: 20, minJointProbability: 0.83, multiline: "auto" },
		engine: { model: { kind: "auto" }, threads: undefined, nodePath: undefined, gpu: "off" },
		server: undefined,
		offersRunningServers: true,
		chatModelPath: undefined,
		chatUnloadAfterMs: 600_000,
		problems: [],
	});
	expect(Object.isFrozen(settings) && Object.isFrozen(settings.completion)).toBe(true);
});

test("a value of the wrong type is replaced by the default and named", () => {
	const settings = readSettings(
		configurationOf({ "completion.debounceMs": "fast", "completion.minJointProbability": 7 }),
	);
	expect(settings.completion).toMatchObject({ debounceMs: 20, minJointProbability: 0.83 });
	expect(settings.problems).toEqual([
		expect.stringContaining("mote.completion.debounceMs is ignored"),
		expect.stringContaining("mote.completion.minJointProbability is ignored"),
	]);
});

test.each([
	["typescript", {}, true],
	["plaintext", {}, false],
	["python", { enabledLanguages: { "*": false } }, false],
	["python", { enabledLanguages: { "*": false, python: true } }, true],
	["python", { enabledLanguages: {} }, true],
	["toString", {}, true],
	["typescript", { enable: false }, false],
])("completions in %s with %j are on: %s", (languageId, values, expected) => {
	expect(isEnabledFor(readSettings(configurationOf(values)), languageId)).toBe(expected);
});

test("only a change of what runs asks for another engine", () => {
	const before = readSettings(configurationOf({})).engine;
	const same = readSettings(configurationOf({ "completion.debounceMs": 0 })).engine;
	const other = readSettings(configurationOf({ "completion.model": "/models/other" })).engine;
	const base = readSettings(configurationOf({ "completion.model": "base" })).engine;
	const baseAgain = readSettings(configurationOf({ "completion.model": " base" })).engine;
	expect(sameEngineSettings(before, same)).toBe(true);
	expect(sameEngineSettings(base, baseAgain)).toBe(true);
	expect(sameEngineSettings(before, other)).toBe(false);
	expect(sameEngineSettings(before, base)).toBe(false);
});

test("a model is one that ships, a folder, or what the machine is up to; anything else is named", () => {
	const read = (value: unknown): [unknown, number] => {
		const { engine, problems } = readSettings(configurationOf({ "completion.model": value }));
		return [engine.model, problems.length];
	};
	expect(["auto", "base", "nano", " nano ", "/models/mine", ""].map(read)).toEqual([
		[{ kind: "auto" }, 0],
		[{ kind: "bundled", model: "base" }, 0],
		[{ kind: "bundled", model: "nano" }, 0],
		[{ kind: "bundled", model: "nano" }, 0],
		[{ kind: "folder", folder: "/models/mine" }, 0],
		[{ kind: "auto" }, 0],
	]);
	for (const value of ["large", "models/mine", "constructor", 3, null, "/x".repeat(5000)]) {
		expect(read(value)).toEqual([{ kind: "auto" }, 1]);
	}
});

test("without an address no server is chosen, and one that can't be used is named", () => {
	expect(readSettings(configurationOf({})).server).toBeUndefined();
	for (const address of ["ftp://gpu.example", "gpu", "https://me:secret@gpu.example"]) {
		const settings = readSettings(configurationOf({ "server.url": address }));
		expect(settings.server).toBeUndefined();
		expect(settings.problems).toEqual([expect.stringContaining("mote.server.url is ignored")]);
		expect(settings.problems.join()).not.toContain("secret");
	}
});

test("a server that is chosen is for conversations only, until the user wants more", () => {
	const { server, problems } = readSettings(
		configurationOf({ "server.url": " https://GPU.example:8443/v1 ", "server.model": "coder" }),
	);
	expect(server).toEqual({
		address: "https://GPU.example:8443/v1",
		origin: "https://gpu.example:8443",
		isLoopback: false,
		model: "coder",
		kind: "auto",
		useForChat: true,
		useForCompletions: false,
	});
	expect(problems).toEqual([]);
});

test("the way to fill in the middle is the one that the user names, else the model's name tells", () => {
	const familyOf = (values: Record<string, unknown>): string | undefined =>
		readSettings(configurationOf({ "server.url": "http://gpu.example/v1", ...values })).server
			?.fimFamily;
	expect(familyOf({})).toBeUndefined();
	expect(familyOf({ "server.fimFamily": "granite4" })).toBe("granite4");
	expect(familyOf({ "server.fimFamily": "gpt" })).toBeUndefined();
});
