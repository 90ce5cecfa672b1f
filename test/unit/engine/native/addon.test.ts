import { copyFileSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { loadAddon } from "../../../../src/engine/native/addon.ts";
import { callWrongly } from "../../../support/callWrongly.ts";
import { TemporaryFolder } from "../../../support/temporaryFolder.ts";

const built = path.resolve(import.meta.dirname, "../../../../dist/native/mote.node");
const platform = `${process.platform}-${process.arch}`;

/** What the loader says of a file with this content. A script stands for an addon with other exports. */
function reasonFor(fileName: string, content: string | Uint8Array): string | undefined {
	using folder = new TemporaryFolder();
	folder.write(fileName, content);
	const result = loadAddon(path.join(folder.path, fileName));
	return result.kind === "unavailable" ? result.reason : undefined;
}

function reasonForExports(exports: object, functions = ""): string | undefined {
	const json = JSON.stringify(exports).slice(0, -1);
	return reasonFor("mote.cjs", `module.exports = ${json}${functions}};`);
}

describe("the addon that was built", () => {
	test("is loaded, and computes what it should with every set of instructions of this machine", () => {
		const result = loadAddon();
		expect(result.kind).toBe("loaded");
		if (result.kind === "loaded") {
			const { addon, instructions } = result;
			expect(addon.instructions).toContain(instructions);
			expect(addon.instructions.map((name) => addon.selfTest(name))).toEqual(
				addon.instructions.map(() => true),
			);
		}
	});

	test("is loaded from wherever it lies", () => {
		using folder = new TemporaryFolder();
		const elsewhere = path.join(folder.path, "mote.node");
		copyFileSync(built, elsewhere);
		expect(loadAddon(elsewhere).kind).toBe("loaded");
	});

	test("refuses a set of instructions that doesn't exist", () => {
		const result = loadAddon();
		const addon = result.kind === "loaded" ? result.addon : undefined;
		for (const wrong of ["AVX-1024", "", 3, undefined, {}]) {
			expect(() => callWrongly(addon, "selfTest", [wrong])).toThrow(TypeError);
		}
	});
});

describe("the loader says in words why there is no addon", () => {
	test("where none was built", () => {
		using folder = new TemporaryFolder();
		expect(loadAddon(path.join(folder.path, "mote.node"))).toEqual({
			kind: "unavailable",
			reason: "this build of Mote has none",
		});
	});

	test("where the file is none, or the beginning of one", () => {
		expect(reasonFor("mote.node", "not a library\n")).toContain("it can't be loaded (");
		expect(reasonFor("mote.node", "")).toContain("it can't be loaded (");
		expect(reasonFor("mote.node", readFileSync(built).subarray(0, 200))).toContain(
			"it can't be loaded (",
		);
	});

	test("where it is of another version", () => {
		const reason = "it belongs to another version of Mote";
		expect(reasonForExports({ abi: 0, platform })).toBe(reason);
		expect(reasonForExports({})).toBe(reason);
		expect(reasonFor("mote.cjs", "module.exports = null;")).toBe(reason);
	});

	test("where it is for another platform", () => {
		expect(reasonForExports({ abi: 3, platform: "plan9-mips" })).toBe(
			`it was built for plan9-mips instead of ${platform}`,
		);
	});

	test("where the processor is too old for it", () => {
		expect(reasonForExports({ abi: 3, platform, instructions: ["plain C++"] })).toBe(
			"this processor lacks the instructions that it is written for",
		);
	});

	test("where it computes wrong results", () => {
		const exports = { abi: 3, platform, bestInstructions: "AVX2" };
		expect(reasonForExports(exports, ", selfTest: () => false")).toBe(
			"it computes wrong results with the AVX2 of this processor",
		);
	});
});
