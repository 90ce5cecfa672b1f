import { expect, test } from "vitest";
import { RecentPieces } from "../../../src/completion/recentPieces.ts";

const piece = {
	startLine: 0,
	endLine: 0,
	ranges: [{ startLine: 0, endLine: 0 }],
	reason: "similarText",
	score: 1,
	tokens: 2,
};

test.each([
	["src/b.ts", "const b = 1;", true],
	["auth.json", '{ "token": 1 }', false],
	["src/b.ts", `-----BEGIN PRIVATE KEY-----\n${"A".repeat(64)}\n${"B".repeat(64)}`, false],
	["src/b.c", "/* Gr\uFFFD\uFFFDe */", false],
])("of what an earlier version has kept, %s counts if it is still read", (path, text, isKept) => {
	const stored = [{ path: "a.ts", lineStart: 0, pieces: [{ ...piece, path, text }] }];
	const recent = new RecentPieces({ read: () => stored, write: () => undefined });
	expect(recent.get("a.ts") !== undefined).toBe(isKept);
});
