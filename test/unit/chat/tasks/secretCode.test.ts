import { expect, test } from "vitest";
import { secretRefusal } from "../../../../src/chat/tasks/secretCode.ts";

const key = `-----BEGIN PRIVATE KEY-----\n${"A".repeat(64)}\n${"B".repeat(64)}\n`;

test.each([
	["/w/.env", ".env", "A=1", ".env may hold credentials"],
	["/home/u/.aws/config", "config", "", "config may hold credentials"],
	["/w/notes.txt", "notes.txt", key, "notes.txt holds a private key"],
])(
	"the document at %s is no task for a model, and the user is told why",
	(location, path, text, why) => {
		expect(secretRefusal({ location, path, text })).toMatch(new RegExp(`^${why}, so it is never`));
	},
);

test("any other document is", () => {
	const document = { location: "/w/src/config.ts", path: "src/config.ts", text: "a" };
	expect(secretRefusal(document)).toBeUndefined();
});
