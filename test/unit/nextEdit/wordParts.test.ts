import { describe, expect, test } from "vitest";
import { nameOf, partsOf } from "../../../src/nextEdit/rules/wordParts.ts";

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
});
