import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";

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
const withClient = ["cli.js", "extension.js"];

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
	"extension.js": ["fetch(", "'undici'", '"http"', '"https"'],
};

const bundles = [
	...(await readdir(dist)).filter((name) => name.endsWith(".js")),
	...(await readdir(path.join(dist, "webview")))
		.filter((name) => name.endsWith(".js"))
		.map((name) => `webview/${name}`),
];

test("every bundle is looked at", () => {
	expect(bundles).toEqual([
		"cli.js",
		"contextWorker.js",
		"engineProcess.js",
		"extension.js",
		"modelProcess.js",
		"repositoryWorker.js",
		"tagProcess.js",
		"webview/chat.js",
		"webview/models.js",
	]);
});

test.each(bundles)(
	"%s has no other way to reach a network than the one that is known",
	async (name) => {
		const bundle = await readFile(path.join(dist, name), "utf8");
		const found = [...bundle.matchAll(networkModules), ...bundle.matchAll(networkFunctions)].map(
			([match]) => match.replaceAll(/\s/g, ""),
		);
		expect([...new Set(found)].filter((match) => !allowed[name]?.includes(match))).toEqual([]);
	},
);

test("only the extension and the command line have the client for servers", async () => {
	const marked: string[] = [];
	for (const name of bundles) {
		if ((await readFile(path.join(dist, name), "utf8")).includes(clientMark)) {
			marked.push(name);
		}
	}
	expect(marked).toEqual(withClient);
});
