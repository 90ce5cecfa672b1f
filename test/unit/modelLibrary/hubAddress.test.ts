import { expect, test } from "vitest";
import {
	modelId,
	parseHubAddress,
	parseRegistryAddress,
	parseRepository,
} from "../../../src/modelLibrary/hub/hubAddress.ts";

test.each<readonly [string | undefined, string]>([
	[undefined, "https://huggingface.co"],
	["  ", "https://huggingface.co"],
	["https://hf-mirror.example/", "https://hf-mirror.example"],
	["http://10.0.0.1:8080/hub//", "http://10.0.0.1:8080/hub"],
])("the hub at %j is asked at %s", (text, base) => {
	expect(parseHubAddress(text).base).toBe(base);
});

test.each([
	"hub.example",
	"ftp://hub.example",
	"https://me:secret@hub.example",
	"https://x.example/?a",
])("%s is no hub's address", (text) => {
	expect(() => parseHubAddress(text)).toThrow(/HF_ENDPOINT.*correct it or take it away/);
});

test.each<readonly [string | undefined, string]>([
	[undefined, "https://registry.npmjs.org"],
	["", "https://registry.npmjs.org"],
	["https://npm.example/repository/npm/", "https://npm.example/repository/npm"],
])("the registry at %j is asked at %s", (text, base) => {
	expect(parseRegistryAddress(text).base).toBe(base);
});

test("what is no registry's address is called so by the variable that has it", () => {
	expect(() => parseRegistryAddress("npm.example")).toThrow(
		/^The registry's address, npm_config_registry, has to be .*; correct it or take it away[.]$/,
	);
	expect(() => parseRegistryAddress("https://me:secret@npm.example")).toThrow(/must not contain/);
});

test("a token stays private over TLS and within this machine", () => {
	const isPrivate = (text: string): boolean => parseHubAddress(text).isPrivate;
	expect([
		isPrivate("https://x.example"),
		isPrivate("http://127.0.0.1:1"),
		isPrivate("http://x.example"),
	]).toEqual([true, true, false]);
});

test.each(["Qwen/Qwen3-Coder-30B-A3B-Instruct", "a/b", "_x/Y.z_1"])(
	"%s is a repository",
	(text) => {
		expect(modelId(parseRepository(text))).toBe(text.replace("/", "--"));
	},
);

test.each([
	"",
	"model",
	"../x",
	"a/..",
	"a/b/c",
	"a/b--c",
	"a b/c",
	"a/b?x=1",
	"a/.b",
	"a/b.",
	"https://huggingface.co/a/b",
	`a/${"b".repeat(200)}`,
])("%j is none", (text) => {
	expect(() => parseRepository(text)).toThrow(/write it as on the hub, owner\/name/);
});
