import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isWalked, walkRepository } from "../../src/context/files/walkRepository.ts";
import { TemporaryFolder } from "../support/temporaryFolder.ts";

const rule = fc.constantFrom(
	"*.gen",
	"!keep.gen",
	"Build/",
	"build",
	"/a.ts",
	"/packages/x/a.ts",
	"packages/x/sub",
	"/sub/*",
	"!/sub/b.ts",
	"**/deep/*.ts",
	"SUB/B.TS",
	"# a.ts",
	"x/sub/",
	"\\!odd.ts",
	"a.ts ",
	"",
);
const rules = fc.array(rule, { maxLength: 5 }).map((lines) => lines.join("\n"));

const files = [
	"a.ts",
	"A.ts",
	"keep.gen",
	"b.gen",
	"Build/c.ts",
	"build/d.ts",
	"!odd.ts",
	"sub/b.ts",
	"sub/B.TS",
	"sub/deep/e.ts",
	"sub/Build/f.ts",
];

/** Without what the user has told git beside this repository. */
const environment = { PATH: process.env["PATH"], HOME: "/nonexistent", GIT_CONFIG_NOSYSTEM: "1" };

function git(folder: string, ...args: readonly string[]): string {
	return execFileSync("git", ["-C", folder, ...args], { encoding: "utf8", env: environment });
}

test("of a folder of a repository those files are read that git doesn't ignore", () => {
	using folder = new TemporaryFolder();
	const main = path.join(folder.path, "main");
	git(folder.path, "init", "-q", "main");
	git(main, "-c", "user.name=a", "-c", "user.email=a@b.c", ...commit);
	git(main, "worktree", "add", "-q", "../tree");
	const config = readFileSync(path.join(main, ".git", "config"), "utf8");
	for (const tree of ["main", "tree"]) {
		for (const file of files) {
			folder.write(`${tree}/packages/x/${file}`, "x");
		}
	}
	const known = fc.record({
		exclude: rules,
		top: rules,
		middle: rules,
		own: rules,
		inner: rules,
		ignoresCase: fc.boolean(),
		tree: fc.constantFrom("main", "tree"),
	});
	fc.assert(
		fc.property(known, ({ exclude, top, middle, own, inner, ignoresCase, tree }) => {
			folder.write("main/.git/config", `${config}[core]\n\tignorecase = ${String(ignoresCase)}\n`);
			folder.write("main/.git/info/exclude", exclude);
			folder.write(`${tree}/.gitignore`, top);
			folder.write(`${tree}/packages/.gitignore`, middle);
			folder.write(`${tree}/packages/x/.gitignore`, own);
			folder.write(`${tree}/packages/x/sub/.gitignore`, inner);
			const root = path.join(folder.path, tree, "packages", "x");
			const shown = git(root, "ls-files", "--others", "--exclude-standard", "-z", ".");
			// The folder itself is left out: git shows nothing, and who opens it means it all the same.
			fc.pre(shown !== "");
			const walked = [...walkRepository(root, { exclude: [], maxFileBytes: 1000 })].flatMap(
				(found) => found?.path ?? [],
			);
			expect(walked.sort()).toEqual(shown.split("\0").filter(Boolean).sort());
			expect(files.filter((file) => isWalked(root, file, []))).toEqual(
				files.filter((file) => walked.includes(file)),
			);
		}),
	);
});

const commit = ["commit", "-q", "--allow-empty", "-m", "Start"] as const;
