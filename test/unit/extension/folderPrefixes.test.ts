import fc from "fast-check";
import { expect, test } from "vitest";
import { workspacePath } from "../../../src/chat/guardedWorkspace.ts";
import { safeRelativePath } from "../../../src/chat/edits/safePath.ts";
import {
	folderNamed,
	folderPrefixes,
	type NamedFolder,
} from "../../../src/extension/folderPrefixes.ts";

function folder(path: string, name = path.slice(path.lastIndexOf("/") + 1)): NamedFolder {
	return { name, origin: "file://", path };
}

test.each<readonly [readonly NamedFolder[], readonly string[]]>([
	[[], []],
	[[folder("/w/app")], [""]],
	[
		[folder("/w/web"), folder("/w/api")],
		["web/", "api/"],
	],
	[
		[folder("/w/client/app"), folder("/w/server/app"), folder("/w/tools")],
		["client-app/", "server-app/", "tools/"],
	],
	[
		[folder("/a/x/app"), folder("/b/x/app"), folder("/c/x-app")],
		["x-app-2/", "x-app-3/", "x-app/"],
	],
	[
		[folder("/w"), folder("/w/packages/b"), folder("/w/packages/b/c", "d")],
		["w/", "w/packages/b/", "w/packages/b/c/"],
	],
	[
		[folder("/w/b", "inner"), folder("/w", "outer"), folder("/w-2", "b")],
		["outer/b/", "outer/", "b/"],
	],
	[
		[folder("/a", "App"), folder("/b", "app"), { ...folder("/a/c"), origin: "ssh://host" }],
		["App/", "app-2/", "c/"],
	],
	[
		[
			folder("/1", "../x"),
			folder("/2", "a/b"),
			folder("/3", ""),
			folder("/4", "con"),
			folder("/5", ".git"),
		],
		["-x/", "a-b/", "folder/", "con-/", "git/"],
	],
	[
		[folder("/1", "\u00a0!"), folder("/2", "\u3000wide.\u2003"), folder("/3", "~tilde")],
		["!/", "wide/", "tilde/"],
	],
])("the folders of case %# have prefixes by their names", (folders, expected) => {
	expect(folderPrefixes(folders)).toEqual(expected);
});

const segment = fc.constantFrom("a", "A", "b", "a-b", "b-a", "c", "a-2");
const folders = fc.uniqueArray(
	fc.record({
		name: fc.oneof(segment, fc.string({ unit: "grapheme", maxLength: 6 })),
		origin: fc.constantFrom("file://", "ssh://h"),
		path: fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => `/${parts.join("/")}`),
	}),
	{ selector: ({ origin, path }) => origin + path, minLength: 1, maxLength: 6 },
);

test("a path of the workspace names exactly one file, and each file has one", () => {
	const file = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
	fc.assert(
		fc.property(folders, fc.array(file, { minLength: 1, maxLength: 6 }), (all, files) => {
			const prefixes = folderPrefixes(all);
			const fileOf = new Map<string, string>();
			for (const [index, { origin, path }] of all.entries()) {
				for (const each of files) {
					const written = (prefixes[index] ?? "") + each;
					const location = `${origin}${path}/${each}`;
					// A file in two folders, one within the other, is the same one.
					expect(fileOf.get(written) ?? location).toBe(location);
					fileOf.set(written, location);
					const named = folderNamed(written, prefixes);
					const found = named && all[named.index];
					expect(found && `${found.origin}${found.path}/${named.path}`).toBe(location);
					expect(workspacePath(written)).toBe(written);
					expect(safeRelativePath(written)).toBe(written);
				}
			}
		}),
	);
});

test("a path without a folder's prefix is one of the first folder", () => {
	expect(folderNamed("src/a.ts", ["web/", "api/"])).toEqual({ index: 0, path: "src/a.ts" });
	expect(folderNamed("api/a.ts", ["web/", "api/"])).toEqual({ index: 1, path: "a.ts" });
	expect(folderNamed("a.ts", [])).toBeUndefined();
});
