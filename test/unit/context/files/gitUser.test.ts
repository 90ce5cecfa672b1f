import path from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { gitText } from "../../../../src/context/files/gitConfig.ts";
import { repositoryOf } from "../../../../src/context/files/gitRepository.ts";
import { isWalked } from "../../../../src/context/files/walkRepository.ts";
import { TemporaryFolder } from "../../../support/temporaryFolder.ts";

afterEach(() => {
	vi.unstubAllEnvs();
});

/** A repository at `r`, beside the user's home. */
function withHome(files: Readonly<Record<string, string>>): TemporaryFolder {
	const folder = new TemporaryFolder({ "r/.git/HEAD": "ref: refs/heads/main\n", ...files });
	const home = path.join(folder.path, "home");
	vi.stubEnv("HOME", home);
	vi.stubEnv("USERPROFILE", home);
	vi.stubEnv("XDG_CONFIG_HOME", "");
	return folder;
}

const named = "[core]\n\texcludesFile = ~/ignored ; mine\n";

test.each<readonly [string, Readonly<Record<string, string>>]>([
	["git's own place", { "home/.config/git/ignore": "own.ts\n" }],
	["a file that the user names", { "home/.gitconfig": named, "home/ignored": "own.ts\n" }],
	["one that the other file names", { "home/.config/git/config": named, "home/ignored": "own.ts" }],
	["one that the repository names", { "r/.git/config": named, "home/ignored": "own.ts\n" }],
	["one in the work tree", { "r/.git/config": "[core]\nexcludesFile = x\n", "r/x": "own.ts\n" }],
])("a user's rules for all repositories count: %s", (_name, files) => {
	using folder = withHome(files);
	const root = path.join(folder.path, "r");
	expect(isWalked(root, "own.ts", [])).toBe(false);
	expect(isWalked(root, "sub/own.ts", [])).toBe(false);
	expect(isWalked(root, "a.ts", [])).toBe(true);
	folder.write("r/.gitignore", "!own.ts\n");
	expect(isWalked(root, "own.ts", [])).toBe(true);
});

test("rules that are named replace those in git's own place, and may be none", () => {
	for (const name of ["", "~/gone", "~somebody/ignored"]) {
		using folder = withHome({
			"home/.config/git/ignore": "own.ts\n",
			"home/.gitconfig": `[core]\nexcludesFile = ${name}\n`,
		});
		expect(isWalked(path.join(folder.path, "r"), "own.ts", [])).toBe(true);
	}
});

test("a user's switch counts where the repository doesn't say", () => {
	using folder = withHome({ "home/.gitconfig": "[core]\nignorecase = true\n" });
	const root = path.join(folder.path, "r");
	expect(repositoryOf(root)?.ignoresCase).toBe(true);
	folder.write("r/.git/config", "[core]\nignorecase = false\n");
	expect(repositoryOf(root)?.ignoresCase).toBe(false);
});

test.each([
	["~/a b # c", "~/a b"],
	['"~/a # b" ; c', "~/a # b"],
	['a" b "c', "a b c"],
	['"C:\\\\x\\\\y"', "C:\\x\\y"],
	["", ""],
])("git reads the value %j as %j", (written, value) => {
	expect(gitText(`[core]\nexcludesFile = ${written}\n`, "core", "excludesfile")).toBe(value);
});
