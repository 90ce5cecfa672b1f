import { execFileSync } from "node:child_process";
import { renameSync, symlinkSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { gitSwitch } from "../../../../src/context/files/gitConfig.ts";
import { repositoryOf } from "../../../../src/context/files/gitRepository.ts";
import { versionOf } from "../../../../src/context/files/openedFile.ts";
import { isWalked, walkRepository } from "../../../../src/context/files/walkRepository.ts";
import { TemporaryFolder } from "../../../support/temporaryFolder.ts";

/** What is read of `opened`, a folder within one that holds `files`. */
function check(
	files: Readonly<Record<string, string>>,
	opened: string,
	expected: readonly string[],
): void {
	using folder = new TemporaryFolder(files);
	checkFolder(path.join(folder.path, opened), expected);
}

function checkFolder(root: string, expected: readonly string[]): void {
	const walked = [...walkRepository(root, { exclude: [], maxFileBytes: 1000 })].flatMap(
		(found) => found?.path ?? [],
	);
	expect(walked).toEqual(expected);
	expect(walked.every((file) => isWalked(root, file, []))).toBe(true);
}

/** A repository with one commit, in `name`. */
function repositoryIn(folder: TemporaryFolder, name: string, ...how: readonly string[]): string {
	const root = path.join(folder.path, name);
	execFileSync("git", ["init", "-q", ...how, root]);
	const author = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
	execFileSync("git", ["-C", root, ...author, "commit", "-q", "--allow-empty", "-m", "Start"]);
	return root;
}

test("a work tree beside the first one is read with the rules that all of them share", () => {
	using folder = new TemporaryFolder();
	const root = repositoryIn(folder, "main");
	folder.write("main/.git/info/exclude", "local.ts\n");
	execFileSync("git", ["-C", root, "worktree", "add", "-q", "../tree"]);
	for (const file of ["a.ts", "local.ts", "sub/local.ts"]) {
		folder.write(`tree/${file}`, "x");
	}
	checkFolder(path.join(folder.path, "tree"), ["a.ts"]);
	checkFolder(path.join(folder.path, "tree", "sub"), []);
	expect(isWalked(path.join(folder.path, "tree"), "local.ts", [])).toBe(false);
});

test("a work tree with a configuration of its own goes by that", () => {
	using folder = new TemporaryFolder();
	const root = repositoryIn(folder, "main");
	execFileSync("git", ["-C", root, "worktree", "add", "-q", "../tree"]);
	const tree = path.join(folder.path, "tree");
	execFileSync("git", ["-C", root, "config", "extensions.worktreeConfig", "true"]);
	execFileSync("git", ["-C", tree, "config", "--worktree", "core.ignorecase", "true"]);
	expect([root, tree].map((at) => repositoryOf(at)?.ignoresCase)).toEqual([false, true]);
});

test("a submodule goes by its own rules, alone and within the other repository", () => {
	using folder = new TemporaryFolder();
	repositoryIn(folder, "library");
	const root = repositoryIn(folder, "app");
	const add = ["submodule", "add", "-q", "../library", "lib"];
	execFileSync("git", ["-C", root, "-c", "protocol.file.allow=always", ...add], {
		stdio: "ignore",
	});
	folder.write("app/.gitignore", "*.gen.ts\n");
	folder.write("app/.git/modules/lib/info/exclude", "scratch.ts\n");
	for (const file of ["a.gen.ts", "lib/b.gen.ts", "lib/scratch.ts", "scratch.ts"]) {
		folder.write(`app/${file}`, "x");
	}
	checkFolder(root, [".gitignore", ".gitmodules", "scratch.ts", "lib/b.gen.ts"]);
	checkFolder(path.join(root, "lib"), ["b.gen.ts"]);
	expect(isWalked(root, "lib/scratch.ts", [])).toBe(false);
});

test("where git keeps its folder elsewhere, its files are no sources", () => {
	using folder = new TemporaryFolder();
	const root = repositoryIn(folder, "a", `--separate-git-dir=${folder.path}/a/kept`);
	folder.write("a/a.ts", "x");
	folder.write("a/kept/info/exclude", "b.ts\n");
	folder.write("a/b.ts", "x");
	checkFolder(root, ["a.ts"]);
});

test("a .git that is a link is followed", () => {
	using folder = new TemporaryFolder();
	const root = repositoryIn(folder, "a");
	renameSync(path.join(root, ".git"), path.join(folder.path, "kept"));
	symlinkSync("../kept", path.join(root, ".git"));
	folder.write("kept/info/exclude", "b.ts\n");
	folder.write("a/a.ts", "x");
	folder.write("a/b.ts", "x");
	checkFolder(root, ["a.ts"]);
});

test.each([
	["nothing", ""],
	["no path", "gitdir: "],
	["another word", "folder: ../x"],
	["a folder that is gone", "gitdir: /nonexistent/x/.git/worktrees/y\n"],
	["a file", "gitdir: a.ts"],
	["itself", "gitdir: .git"],
	["a device", "gitdir: /dev/zero"],
	["a name with a zero", "gitdir: a\0b"],
	["far too much", `gitdir: ${"x/".repeat(100_000)}`],
])("a .git with %s in it leaves the folder readable", (_, pointer) => {
	check({ ".git": pointer, ".gitignore": "b.ts\n", "a.ts": "x", "b.ts": "x" }, ".", [
		".gitignore",
		"a.ts",
	]);
});

test("a package that is opened alone goes by the rules above it, up to the repository's root", () => {
	const files = {
		".gitignore": "above.ts\n",
		"repository/.git/HEAD": "ref: refs/heads/main\n",
		"repository/.git/info/exclude": "shared.ts\n",
		"repository/.gitignore": "*.gen.ts\n/packages/a/out/\n!b.gen.ts\n",
		"repository/packages/.gitignore": "b.gen.ts\n",
		"repository/packages/a/.gitignore": "!c.gen.ts\n",
		"repository/packages/a/above.ts": "",
		"repository/packages/a/b.gen.ts": "",
		"repository/packages/a/c.gen.ts": "",
		"repository/packages/a/d.gen.ts": "",
		"repository/packages/a/out/e.ts": "",
		"repository/packages/a/shared.ts": "",
		"repository/packages/a/sub/out/f.ts": "",
	};
	const kept = ["above.ts", "c.gen.ts", "sub/out/f.ts"];
	check(files, "repository/packages/a", [".gitignore", ...kept]);
});

test("a folder that the repository around it leaves out is no part of it", () => {
	const files = { ".git/HEAD": "", ".gitignore": "*\n!b.ts\n", "p/a.ts": "", "p/b.ts": "" };
	check(files, "p", ["a.ts", "b.ts"]);
	check({ ...files, "p/.gitignore": "a.ts\n" }, "p", [".gitignore", "b.ts"]);
});

test.each([
	["", ["GEN.TS", "Build/a.ts"]],
	["[core]\n\tignorecase = false\n", ["GEN.TS", "Build/a.ts"]],
	["[core]\n\tignorecase = true\n", []],
	["[CORE]\n\tIgnoreCase\n", []],
	["\uFEFF[core]\r\n\tignorecase = TRUE ; made on another system\r\n", []],
])("with %j as git's configuration, rules mind letter case as git does", (config, found) => {
	const rules = { ".git/config": config, ".gitignore": "build/\ngen.ts\n" };
	check({ ...rules, "Build/a.ts": "", "GEN.TS": "" }, ".", [".gitignore", ...found]);
});

test.each([
	["[core]\n\tignorecase = yes\n", true],
	["[core] ignorecase = on", true],
	['[core]\nignorecase = "true"\n', true],
	["[core]\nignorecase = 1\n", true],
	["[core]\nignorecase = 0\n", false],
	["[core]\nignorecase = 2k\n", true],
	["[core]\nignorecase = 0x0\n", false],
	['[core]\nignorecase = tr"ue" ; "x"\n', true],
	["[core]\nignorecase =\n", false],
	["[core]\nignorecase = true\n[core]\nignorecase = false\n", false],
	['[core "x"]\nignorecase = true\n', undefined],
	["[other]\nignorecase = true\n[core]\n", undefined],
	["[core]\n# ignorecase = true\n", undefined],
	["[core]\npager = a \\\nignorecase = true\n", undefined],
	["[core]\nignorecases = true\n", undefined],
])("git's configuration %j tells of ignorecase", (config, expected) => {
	expect(gitSwitch(config, "core", "ignorecase")).toBe(expected);
});

test("a file beneath a file, or in a folder that is gone, has no version", () => {
	using folder = new TemporaryFolder({ "a.ts": "x" });
	expect(versionOf(folder.path, "a.ts/b.ts")).toBeUndefined();
	expect(versionOf(folder.path, `${"x".repeat(5000)}.ts`)).toBeUndefined();
	expect(isWalked(folder.path, "a.ts/b/c.ts", [])).toBe(true);
});
