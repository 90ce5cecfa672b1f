import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { syntaxLanguageIds, syntaxLanguageOf } from "../../src/context/syntax/languages.ts";
import { stableName } from "./stableName.ts";
import { zipEntries } from "./zipEntries.ts";

const root = path.resolve(import.meta.dirname, "../..");
const vsix = path.join(root, "mote-linux-x64.vsix");

/**
 * The runtime takes 18 MB of it, mote-base 71 (its weights pack to five sixths) and mote-nano 10. What makes the package
 * larger than this is a decision, not an accident.
 */
const maxBytes = 130_000_000;

/** Built where there is a compiler. */
const addon = "dist/native/mote.node";

test("the package holds exactly what vsixContents.txt lists, but no addon where none was built", async () => {
	const isBuilt = existsSync(path.join(root, addon));
	const entries = [...(await zipEntries(vsix)), ...(isBuilt ? [] : [`extension/${addon}`])];
	// Into how many chunks the bundler splits what pieces share says nothing about what ships.
	const names = [...new Set(entries.map(stableName))].sort();
	await expect(`${names.join("\n")}\n`).toMatchFileSnapshot("vsixContents.txt");
});

test("the package is smaller than its bound", async () => {
	expect((await stat(vsix)).size).toBeLessThan(maxBytes);
});

test("the runtime is that of one platform", async () => {
	const binaries = (await zipEntries(vsix)).filter((entry) =>
		/[.](node|so[.\d]*|dll|dylib)$/.test(entry),
	);
	const runtimes = binaries.filter((entry) => entry !== `extension/${addon}`);
	expect(new Set(runtimes.map((entry) => path.dirname(entry)))).toEqual(
		new Set(["extension/dist/node_modules/onnxruntime-node/bin/napi-v6/linux/x64"]),
	);
});

test("every language that is parsed has its grammar in the package", async () => {
	const entries = await zipEntries(vsix);
	const missing = syntaxLanguageIds
		.map((id) => `extension/dist/grammars/tree-sitter-${syntaxLanguageOf(id)?.grammar ?? ""}.wasm`)
		.filter((file) => !entries.includes(file));
	expect(missing).toEqual([]);
});
