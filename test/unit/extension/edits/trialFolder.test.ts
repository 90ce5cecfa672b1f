import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { writeTrialFile } from "../../../../src/extension/edits/trialFolder.ts";
import { TemporaryFolder } from "../../../support/temporaryFolder.ts";

const files = {
	"tsconfig.json": "{}",
	"src/tsconfig.json": '{"compilerOptions":{"strict":true}}',
	"src/a.ts": "old",
	"src/b.ts": "beside",
	"src/deep/c.ts": "below",
	"node_modules/left/index.js": "package",
};

test("a file is tried at its path, with links to all that stands beside it", async () => {
	using project = new TemporaryFolder(files);
	const root = project.path;
	const trial = await writeTrialFile({
		root,
		file: path.join(root, "src/a.ts"),
		text: "new",
		isTypeScript: true,
	});
	const folder = path.resolve(trial?.path ?? "", "../..");
	expect(await readFile(path.join(folder, "src/a.ts"), "utf8")).toBe("new");
	for (const name of ["src/b.ts", "src/deep", "node_modules"]) {
		expect(await realpath(path.join(folder, name))).toBe(path.join(root, name));
	}
	// The nearest configuration, for this file; the other isn't there to be found.
	expect((await readdir(folder)).toSorted()).toEqual(["node_modules", "src"]);
	expect(JSON.parse(await readFile(path.join(folder, "src/tsconfig.json"), "utf8"))).toMatchObject({
		extends: path.join(root, "src/tsconfig.json"),
		files: [trial?.path],
	});
	expect((await stat(folder)).mode & 0o077).toBe(0);
	await trial?.remove();
	await expect(stat(folder)).rejects.toThrow("ENOENT");
	expect(await readFile(path.join(root, "src/a.ts"), "utf8")).toBe("old");
	expect(await readFile(path.join(root, "node_modules/left/index.js"), "utf8")).toBe("package");
});

test("other languages find their configuration by its link", async () => {
	using project = new TemporaryFolder({
		"pyproject.toml": "",
		"tsconfig.json": "{}",
		"a.py": "old",
	});
	const root = project.path;
	const trial = await writeTrialFile({
		root,
		file: path.join(root, "a.py"),
		text: "new",
		isTypeScript: false,
	});
	const folder = path.dirname(trial?.path ?? "");
	expect(await realpath(path.join(folder, "pyproject.toml"))).toBe(
		path.join(root, "pyproject.toml"),
	);
	await trial?.remove();
});

test("an unsaved document has no project", async () => {
	const trial = await writeTrialFile({
		root: undefined,
		file: "Untitled-1",
		text: "new",
		isTypeScript: true,
	});
	expect(await readdir(path.dirname(trial?.path ?? ""))).toEqual(["Untitled-1"]);
	await trial?.remove();
});

test.each([
	["a file outside of its root", "../a.ts"],
	["a folder that is gone", "gone/a.ts"],
	["the root itself", "."],
])("%s is not tried, and leaves nothing behind", async (_what, name) => {
	using project = new TemporaryFolder({ "b.ts": "" });
	const before = await trialFolders();
	const root = project.path;
	const file = path.join(root, name);
	expect(await writeTrialFile({ root, file, text: "", isTypeScript: true })).toBeUndefined();
	expect(await trialFolders()).toEqual(before);
});

test("a folder of too many files is not tried", async () => {
	const names = Array.from({ length: 4001 }, (_, index) => [`${index}.txt`, ""] as const);
	using project = new TemporaryFolder(Object.fromEntries(names));
	const root = project.path;
	const file = path.join(root, "a.ts");
	expect(await writeTrialFile({ root, file, text: "", isTypeScript: true })).toBeUndefined();
});

async function trialFolders(): Promise<readonly string[]> {
	return (await readdir(tmpdir())).filter((name) => name.startsWith("mote-trial-")).toSorted();
}
