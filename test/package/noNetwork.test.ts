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
 * What a library brings along: web-tree-sitter's loader fetches its WebAssembly in browsers. Here it gets
 * the bytes, so that the branch is never taken.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
	"contextWorker.js": ["fetch(", "XMLHttpRequest("],
	"repositoryWorker.js": ["fetch(", "XMLHttpRequest("],
	"cli.js": ["fetch(", "XMLHttpRequest("],
};

const bundles = (await readdir(dist)).filter((name) => name.endsWith(".js"));

test("every bundle is looked at", () => {
	expect(bundles).toEqual([
		"cli.js",
		"contextWorker.js",
		"engineProcess.js",
		"extension.js",
		"repositoryWorker.js",
	]);
});

test.each(bundles)("%s has no way to reach a network", async (name) => {
	const bundle = await readFile(path.join(dist, name), "utf8");
	const found = [...bundle.matchAll(networkModules), ...bundle.matchAll(networkFunctions)].map(
		([match]) => match,
	);
	expect([...new Set(found)].filter((match) => !allowed[name]?.includes(match))).toEqual([]);
});
