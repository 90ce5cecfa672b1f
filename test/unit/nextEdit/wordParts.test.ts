import { describe, expect, test } from "vitest";
import { nameOf, partsOf, withWords } from "../../../src/nextEdit/rules/wordParts.ts";

describe("the words of a name", () => {
	test.each([
		["httpServerId", ["http", "server", "id"]],
		["HTTPServerID", ["http", "server", "id"]],
		["_http_server_id", ["http", "server", "id"]],
		["HTTP_SERVER_ID", ["http", "server", "id"]],
		["http-server-id", ["http", "server", "id"]],
		["$", []],
		["grün", ["grün"]],
	])("of %s are %j", (name, parts) => {
		expect(partsOf(name).parts).toEqual(parts);
	});

	test.each([
		["fooBar", "newName"],
		["FooBar", "NewName"],
		["foo_bar", "new_name"],
		["FOO_BAR", "NEW_NAME"],
		["foo-bar", "new-name"],
		["_fooBar$", "_newName$"],
		["foo_Bar", undefined],
	])("in the manner of %s make %s", (like, made) => {
		expect(nameOf(["new", "name"], partsOf(like))).toBe(made);
	});

	test.each(["fooBar", "FooBar", "foo_bar", "FOO_BAR", "foo-bar", "foo", "Foo", "__init__"])(
		"make %s again",
		(name) => {
			const parts = partsOf(name);
			expect(nameOf(parts.parts, parts)).toBe(name);
		},
	);

	test.each([
		["fetchURLResult", 2, "fetchURLNewName"],
		["HTTPServer", 1, "HTTPNewName"],
		["URLResultIDs", 1, "URLNewNameIDs"],
		["fooBar", 0, "newNameBar"],
		["FOO_BAR", 1, "FOO_NEW_NAME"],
		["A__BAR", 1, undefined],
		["A__B", 2, undefined],
	])("of %s, with others in place of number %i, make %s", (name, at, made) => {
		expect(withWords(name, ["new", "name"], at, at + 1)).toBe(made);
	});

	test("of fooBar, without the first, make bar", () => {
		expect(withWords("fooBAR", [], 0, 1)).toBe("bar");
	});
});
