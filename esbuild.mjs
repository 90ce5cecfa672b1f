/**
 * Builds everything that ships into dist/, and the tests that run inside the editor into out/host/.
 *
 *     node esbuild.mjs [--production]
 *
 * dist/ is complete by itself: the bundles, the grammars that they load, Mote's addon, and the runtime of this
 * platform in dist/node_modules, where the bundles find it before they find the one of the repository.
 */
import { cp, mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { buildAddon } from "./scripts/native.mjs";
import { writeNotices } from "./scripts/notices.mjs";
import { copyRuntime } from "./scripts/runtime.mjs";

const root = import.meta.dirname;
const dist = path.join(root, "dist");

/** Name in dist/ to entry point. Each runs in a process or thread of its own. */
const programs = {
	extension: "src/extension/extension.ts",
	engineProcess: "src/engineProcess/child.ts",
	modelProcess: "src/modelProcess/child.ts",
	contextWorker: "src/context/worker.ts",
	tokenizerWorker: "src/tokenizer/tokenizerWorker.ts",
	repositoryWorker: "src/context/repositoryWorker.ts",
	tagProcess: "src/context/tagProcess.ts",
	nextEditWorker: "src/extension/nextEdit/searchWorker.ts",
	cli: "src/cli/main.ts",
};

/** Grammars of src/context/syntax/tagLanguages.ts, by their file names in @vscode/tree-sitter-wasm. */
const grammars = [
	"typescript",
	"tsx",
	"javascript",
	"python",
	"go",
	"rust",
	"java",
	"cpp",
	"c-sharp",
	"php",
	"ruby",
];

/** Packages whose files get into dist/ otherwise than through a bundle. */
const copiedPackages = [
	"@vscode/tree-sitter-wasm",
	// Compiled into dist/native/mote.node.
	"node-addon-api",
	"onnxruntime-common",
	"onnxruntime-node",
	"web-tree-sitter",
];

/** @param {{ production: boolean }} options */
export async function buildAll({ production }) {
	await rm(dist, { recursive: true, force: true });
	await rm(path.join(root, "out/host"), { recursive: true, force: true });
	const inputs = await buildPrograms(production);
	inputs.push(...(await buildWebview(production)));
	await writeNotices(root, inputs, copiedPackages, path.join(dist, "THIRD-PARTY-NOTICES.txt"));
	await buildHostTests();
	await copyGrammars();
	await copyRuntime(path.join(root, "node_modules"), path.join(dist, "node_modules"), process);
	buildAddon();
}

/**
 * @param {boolean} production
 * @returns the files that went into the programs
 */
async function buildPrograms(production) {
	const { extension, ...others } = programs;
	const options = {
		...shared,
		outdir: dist,
		minify: production,
		sourcemap: production ? /** @type {const} */ (false) : /** @type {const} */ ("linked"),
		external: ["vscode", "onnxruntime-node"],
		metafile: /** @type {const} */ (true),
	};
	const built = await Promise.all([
		build({ ...options, entryPoints: others }),
		// What the editor doesn't need at once lies in files of its own. They are of this program only: a name says to whom
		// it belongs, and no process loads what another one needs.
		build({
			...options,
			entryPoints: { extension },
			splitting: true,
			chunkNames: "extension/[name]-[hash]",
		}),
	]);
	return built.flatMap(({ metafile }) => Object.keys(metafile.inputs));
}

/**
 * What runs in the browser frames of the views.
 *
 * @param {boolean} production
 * @returns the files that went into it
 */
async function buildWebview(production) {
	const { metafile } = await build({
		absWorkingDir: root,
		bundle: true,
		platform: "browser",
		format: "iife",
		target: "es2022",
		entryPoints: Object.fromEntries(
			["chat", "models", "statistics"].map((view) => [view, `src/webview/${view}/main.ts`]),
		),
		outdir: path.join(dist, "webview"),
		minify: production,
		sourcemap: production ? false : "linked",
		logLevel: "warning",
		metafile: true,
	});
	return Object.keys(metafile.inputs);
}

/** The tests of test/host load the extension through the editor's API, so they share no code with it. */
async function buildHostTests() {
	await build({
		...shared,
		entryPoints: ["index", "tests", "severalFolders"].map((name) => `test/host/${name}.ts`),
		outdir: path.join(root, "out/host"),
		sourcemap: "linked",
		external: ["vscode", "mocha"],
	});
}

/** @type {import("esbuild").BuildOptions} */
const shared = {
	absWorkingDir: root,
	bundle: true,
	platform: "node",
	format: "esm",
	// The oldest Node that a bundle meets: the command line runs under the machine's own.
	target: "node20",
	logLevel: "warning",
	// Packages in CommonJS call require for Node's own modules, which an ES module doesn't have.
	banner: {
		js: 'import { createRequire as moteCreateRequire } from "node:module"; const require = moteCreateRequire(import.meta.url);',
	},
};

async function copyGrammars() {
	const target = path.join(dist, "grammars");
	await mkdir(target, { recursive: true });
	await cp(
		path.join(root, "node_modules/web-tree-sitter/web-tree-sitter.wasm"),
		path.join(target, "web-tree-sitter.wasm"),
	);
	for (const grammar of grammars) {
		const file = `tree-sitter-${grammar}.wasm`;
		await cp(
			path.join(root, "node_modules/@vscode/tree-sitter-wasm/wasm", file),
			path.join(target, file),
		);
	}
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	await buildAll({ production: process.argv.includes("--production") });
}
