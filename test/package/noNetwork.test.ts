import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { stableName } from "./stableName.ts";

const dist = path.resolve(import.meta.dirname, "../../dist");

/** Node's modules that reach another machine, however they are loaded. */
const networkModules =
	/["'](?:node:)?(?:http|https|http2|net|tls|dgram|dns|undici|inspector)(?:\/promises)?["']/g;

/** Functions that do so without a module. */
const networkFunctions = /\b(?:fetch|WebSocket|EventSource|XMLHttpRequest|sendBeacon)\s*\(/g;

/**
 * The client for servers that a user chooses, by the path of its protocol. It is in the two programs that a
 * user talks to, and in no other: what reads files, parses them and runs the model can't send anything.
 * That these two send nothing before a server is chosen is what noSockets.test.ts proves, here for the
 * command line and in test/host for the extension.
 */
const clientMark = "/chat/completions";
const withClient = ["cli.js", "extension/chunk-*.js", "extension/createRemoteServer-*.js"];

/**
 * What libraries bring along. web-tree-sitter's loader fetches its WebAssembly in browsers; here it gets the
 * bytes. The client's library names modules in hints, and takes the fetch that it is given.
 */
const treeSitter = ["fetch(", "XMLHttpRequest("];
const allowed: Readonly<Record<string, readonly string[]>> = {
	"contextWorker.js": treeSitter,
	"repositoryWorker.js": treeSitter,
	"tagProcess.js": treeSitter,
	"cli.js": [...treeSitter, "'undici'"],
	// Asks the hub, when a person installs a model. It runs only while one looks at models.
	"modelProcess.js": ["fetch("],
	// Names of settings, and the client's library, which only who has chosen a server loads.
	"extension/besideCompletions-*.js": ['"http"', '"https"'],
	"extension/chunk-*.js": ["fetch(", "'undici'"],
};

const bundles = (
	await Promise.all(
		["", "extension/", "webview/"].map(async (folder) =>
			(await readdir(path.join(dist, folder)))
				.filter((name) => name.endsWith(".js"))
				.map((name) => folder + name),
		),
	)
).flat();

/** A bundle, and what is loaded with it. */
async function loadedWith(
	bundle: string,
	loaded = new Set<string>(),
): Promise<ReadonlySet<string>> {
	if (!loaded.has(bundle)) {
		loaded.add(bundle);
		const text = await readFile(path.join(dist, bundle), "utf8");
		for (const [, imported = ""] of text.matchAll(/\b(?:from|import)\s*"([.][^"]+)"/g)) {
			await loadedWith(path.join(path.dirname(bundle), imported), loaded);
		}
	}
	return loaded;
}

test("every bundle is looked at", () => {
	expect([...new Set(bundles.map(stableName))]).toEqual([
		"cli.js",
		"contextWorker.js",
		"engineProcess.js",
		"extension.js",
		"modelProcess.js",
		"nextEditWorker.js",
		"repositoryWorker.js",
		"tagProcess.js",
		"tokenizerWorker.js",
		"extension/besideCompletions-*.js",
		"extension/chunk-*.js",
		"extension/createRemoteServer-*.js",
		"extension/cudaDriver-*.js",
		"extension/modelCode-*.js",
		"extension/runningServers-*.js",
		"webview/chat.js",
		"webview/models.js",
		"webview/statistics.js",
	]);
});

test.each(bundles)(
	"%s has no other way to reach a network than the one that is known",
	async (name) => {
		const bundle = await readFile(path.join(dist, name), "utf8");
		const found = [...bundle.matchAll(networkModules), ...bundle.matchAll(networkFunctions)].map(
			([match]) => match.replaceAll(/\s/g, ""),
		);
		expect(
			[...new Set(found)].filter((match) => !allowed[stableName(name)]?.includes(match)),
		).toEqual([]);
	},
);

test("only the extension and the command line have the client for servers", async () => {
	const marked: string[] = [];
	for (const name of bundles) {
		if ((await readFile(path.join(dist, name), "utf8")).includes(clientMark)) {
			marked.push(name);
		}
	}
	expect([...new Set(marked.map(stableName))]).toEqual(withClient);
});

test("what completes is loaded without anything that reaches a network", async () => {
	const withModel = bundles.filter((name) => stableName(name) === "extension/modelCode-*.js");
	expect(withModel).toHaveLength(1);
	const loaded = new Set<string>();
	for (const bundle of ["extension.js", ...withModel]) {
		await loadedWith(bundle, loaded);
	}
	for (const bundle of loaded) {
		const text = await readFile(path.join(dist, bundle), "utf8");
		expect([text.match(networkModules), text.match(networkFunctions)]).toEqual([null, null]);
		expect(text).not.toContain(clientMark);
	}
});
