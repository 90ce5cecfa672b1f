import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { glob, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { deflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { binaryMachine } from "./binaryMachine.ts";
import { zipEntries } from "./zipEntries.ts";

const root = path.resolve(import.meta.dirname, "../..");
const runtimeFolder = "dist/node_modules/onnxruntime-node/bin/napi-v6";
const addon = "dist/native/mote.node";

/** As for this machine's package. */
const maxBytes = 130_000_000;

/** What a runtime consists of, its binding first: the library is named in it. */
const windows = ["onnxruntime.dll", "DirectML.dll", "dxcompiler.dll", "dxil.dll"];
const foreignTargets = [
	{ target: "linux-arm64", libraries: ["libonnxruntime.so.1"] },
	{ target: "darwin-arm64", libraries: ["libonnxruntime.1.dylib"] },
	{ target: "win32-x64", libraries: windows },
	{ target: "win32-arm64", libraries: windows },
] as const;

/** Lays out what the package would hold, and says what was printed. */
async function staged(target: string): Promise<{
	readonly folder: string;
	readonly files: readonly string[];
	readonly printed: string;
}> {
	const folder = path.join(root, "out/package", target);
	const { status, stdout, stderr } = spawnSync(
		process.execPath,
		[path.join(root, "scripts/stagePackage.mjs"), target, folder],
		{ encoding: "utf8" },
	);
	expect(status, stderr).toBe(0);
	const files: string[] = [];
	for await (const entry of glob("**", { cwd: folder, withFileTypes: true })) {
		if (entry.isFile()) {
			files.push(path.relative(folder, path.join(entry.parentPath, entry.name)));
		}
	}
	return { folder, files: files.sort(), printed: stdout };
}

/** What is the same in all packages, as the one of this machine has it. */
async function sharedFiles(): Promise<string[]> {
	const renamed = new Map([
		["LICENSE.txt", "LICENSE"],
		["changelog.md", "CHANGELOG.md"],
		["readme.md", "README.md"],
	]);
	return (await zipEntries(path.join(root, "mote-linux-x64.vsix")))
		.filter((entry) => entry.startsWith("extension/"))
		.map((entry) => entry.slice("extension/".length))
		.filter((file) => !file.startsWith(runtimeFolder) && file !== addon)
		.map((file) => renamed.get(file) ?? file)
		.sort();
}

async function deflatedBytes(file: string): Promise<number> {
	return deflateRawSync(await readFile(file), { level: 1 }).length;
}

describe.each(foreignTargets)("the package for $target", ({ target, libraries }) => {
	test("holds what this machine's holds, with the runtime of its platform", async () => {
		const { folder, files, printed } = await staged(target);
		const ownRuntime = files.filter((file) => file.startsWith(runtimeFolder));
		const isOurs = (file: string): boolean => ownRuntime.includes(file) || file === addon;
		expect(files.filter((file) => !isOurs(file) && file !== ".vscodeignore")).toEqual(
			await sharedFiles(),
		);

		const place = `${runtimeFolder}/${target.replace("-", "/")}`;
		const binding = `${place}/onnxruntime_binding.node`;
		expect(ownRuntime).toEqual(
			[binding, ...libraries.map((library) => `${place}/${library}`)].sort(),
		);
		const [library] = libraries;
		expect((await readFile(path.join(folder, binding))).includes(library)).toBe(true);

		const hasAddon = files.includes(addon);
		expect(hasAddon).toBe(!printed.includes(`The package for ${target} has no addon, because `));
		for (const file of [...ownRuntime, ...(hasAddon ? [addon] : [])]) {
			expect([file, binaryMachine(await readFile(path.join(folder, file)))]).toEqual([
				file,
				target,
			]);
		}
	});

	test("is smaller than its bound", async () => {
		const own = path.join(root, runtimeFolder, "linux/x64/libonnxruntime.so.1");
		const place = path.join(root, "node_modules/onnxruntime-node/bin/napi-v6");
		let bytes = (await stat(path.join(root, "mote-linux-x64.vsix"))).size;
		bytes -= await deflatedBytes(own);
		for (const library of libraries) {
			bytes += await deflatedBytes(path.join(place, target.replace("-", "/"), library));
		}
		expect(bytes).toBeLessThan(maxBytes);
	});
});

test("a platform that nothing is packed for is refused with those that there are", () => {
	const { status, stderr, stdout } = spawnSync(
		process.execPath,
		[path.join(root, "scripts/package.mjs"), "--target", "plan9-mips"],
		{ encoding: "utf8" },
	);
	expect(status).toBe(1);
	expect(stdout + stderr).toContain(
		"There is no package for plan9-mips: take all, or of linux-x64,",
	);
	expect(existsSync(path.join(root, "mote-plan9-mips.vsix"))).toBe(false);
});

test.each([
	["\x7fELF", undefined],
	["", undefined],
	[`MZ${"\0".repeat(58)}\xff\xff\xff\x7f${"\0".repeat(64)}`, undefined],
])("a machine isn't guessed: %j", (bytes, machine) => {
	expect(binaryMachine(Buffer.from(bytes, "latin1"))).toBe(machine);
});
