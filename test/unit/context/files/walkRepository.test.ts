import { symlinkSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { isWalked, walkRepository } from "../../../../src/context/files/walkRepository.ts";
import { TemporaryFolder } from "../../../support/temporaryFolder.ts";

function check(
	files: readonly string[] | Readonly<Record<string, string>>,
	expected: readonly string[],
	exclude: readonly string[] = [],
): void {
	const contents = new Map(
		Array.isArray(files) ? files.map((file: string) => [file, "x"]) : Object.entries(files),
	);
	using folder = new TemporaryFolder(Object.fromEntries(contents));
	expect(walk(folder.path, exclude)).toEqual(expected);
	// The two ways to ask must agree on every file.
	const asked = [...contents.keys()].filter((file) => isWalked(folder.path, file, exclude));
	expect(asked.sort()).toEqual([...expected].sort());
}

function walk(root: string, exclude: readonly string[] = []): readonly string[] {
	return [...walkRepository(root, { exclude, maxFileBytes: 1000 })].flatMap(
		(found) => found?.path ?? [],
	);
}

test("files come by name, those of a folder before those of its folders", () => {
	check(["b.ts", "a/z.ts", "a/b/c.ts", "A.ts"], ["A.ts", "b.ts", "a/z.ts", "a/b/c.ts"]);
});

test("folders of tools, data of programs and secrets are left out", () => {
	check(
		[
			"a.ts",
			".git/config",
			"node_modules/a/a.js",
			"p/__pycache__/a.py",
			"package-lock.json",
			"go.sum",
			"a.min.js",
			"a.svg",
			".env",
			"id_rsa",
			"k/server.pem",
		],
		["a.ts"],
	);
});

test("the .gitignore of a folder holds for everything below it, and the nearest rule decides", () => {
	check(
		{
			".gitignore": "*.log\n/out\nbuild/\n!keep.log\n*.tmp\n",
			"a.log2": "",
			"b.tmp": "",
			"keep.log2": "",
			"out/a.ts": "",
			"sub/out/a.ts": "",
			"sub/build/a.ts": "",
			"sub/.gitignore": "!b.tmp\n/only.ts\n",
			"sub/b.tmp": "",
			"sub/only.ts": "",
			"sub/deep/only.ts": "",
		},
		[
			".gitignore",
			"a.log2",
			"keep.log2",
			"sub/.gitignore",
			"sub/b.tmp",
			"sub/deep/only.ts",
			"sub/out/a.ts",
		],
	);
});

test("what .git/info/exclude names is left out", () => {
	check({ ".git/info/exclude": "local\n", "local/a.ts": "", "a.ts": "" }, ["a.ts"]);
});

test("globs of the setting match files and whole folders", () => {
	check(
		["a.ts", "gen/a.ts", "x/gen/a.ts", "b.spec.ts"],
		["a.ts", "x/gen/a.ts"],
		["gen", "**/*.spec.ts"],
	);
});

test("links aren't followed, so loops end and nothing outside is seen", () => {
	using outside = new TemporaryFolder({ "secret.ts": "x" });
	using folder = new TemporaryFolder({ "a/b.ts": "x" });
	symlinkSync(folder.path, path.join(folder.path, "a", "loop"));
	symlinkSync(outside.path, path.join(folder.path, "outside"));
	symlinkSync(path.join(outside.path, "secret.ts"), path.join(folder.path, "link.ts"));
	expect(walk(folder.path)).toEqual(["a/b.ts"]);
});

test("deep folders and odd names are survived", () => {
	const deep = `${"d/".repeat(80)}a.ts`;
	check({ [deep]: "", "new\nline.ts": "", "ü ö.ts": "" }, ["new\nline.ts", "ü ö.ts"]);
});

test("a large file is passed over without being opened", () => {
	using folder = new TemporaryFolder({ "big.ts": "x".repeat(1001), "a.ts": "x".repeat(1000) });
	expect(walk(folder.path)).toEqual(["a.ts"]);
});

test("a path out of the repository isn't walked", () => {
	using folder = new TemporaryFolder();
	for (const file of ["../a.ts", "a/../../b.ts", "/etc/passwd", "", "a//b.ts", "./a.ts"]) {
		expect(isWalked(folder.path, file, [])).toBe(false);
	}
});
