import { expect, test } from "vitest";
import { keyProblem, ServerKeys } from "../../../../src/extension/servers/serverKeys.ts";

function keysInMemory(): { readonly keys: ServerKeys; readonly stored: Map<string, string> } {
	const stored = new Map<string, string>();
	const keys = new ServerKeys({
		get: (name) => Promise.resolve(stored.get(name)),
		store: (name, value) => Promise.resolve(void stored.set(name, value)),
		delete: (name) => Promise.resolve(void stored.delete(name)),
	});
	return { keys, stored };
}

test("the key of one server is not given to another", async () => {
	const { keys } = keysInMemory();
	await keys.set("https://a.example", " secret ");
	expect(await keys.get("https://a.example")).toBe("secret");
	expect(await keys.get("https://a.example:8443")).toBeUndefined();
	expect(await keys.get("http://a.example")).toBeUndefined();
});

test("a forgotten key is gone", async () => {
	const { keys, stored } = keysInMemory();
	await keys.set("https://a.example", "secret");
	await keys.forget("https://a.example");
	expect(stored.size).toBe(0);
});

test.each([
	["", "Type or paste the key."],
	["two words", "A key has no spaces, line breaks or letters beyond ASCII."],
	["a\r\nX-Header: b", "A key has no spaces, line breaks or letters beyond ASCII."],
	["k".repeat(9000), "A key has at most 8192 characters."],
	["sk-1234_5678.90", undefined],
])("the problem of %j is %j", (key, problem) => {
	expect(keyProblem(key)).toBe(problem);
});
