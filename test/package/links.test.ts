import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { zipEntries } from "./zipEntries.ts";

const root = path.resolve(import.meta.dirname, "../..");
const prefix = "extension/";
const entries = (await zipEntries(path.join(root, "mote-linux-x64.vsix")))
	.filter((entry) => entry.startsWith(prefix))
	.map((entry) => entry.slice(prefix.length));

/** The packer writes the names of these in lower case, and finds them so. */
const packed = new Set(entries.map((entry) => entry.toLowerCase()));

/** Documents of the package by their names in the repository. */
const documents = [
	"README.md",
	"CHANGELOG.md",
	...entries.filter((entry) => /^(?:docs|models)\/.*[.]md$/.test(entry)),
];

/** What a document may name though it doesn't ship stands under a heading that says where it is. */
const aboutRepository = /repository/i;

interface Section {
	readonly heading: string;
	readonly text: string;
}

async function sectionsOf(document: string): Promise<readonly Section[]> {
	const text = await readFile(path.join(root, document), "utf8");
	return text.split(/^(?=#{1,6} )/m).map((section) => {
		const [heading = ""] = section.split("\n");
		return { heading, text: section.replace(/^```[\s\S]*?^```/gm, "") };
	});
}

function targetOf(document: string, link: string): string {
	const [file = ""] = decodeURIComponent(link).split("#");
	return file === "" ? document : path.posix.join(path.posix.dirname(document), file);
}

describe.each(documents)("%s", (document) => {
	test("links and shows files of the package and whole addresses only", async () => {
		const links = (await sectionsOf(document)).flatMap(({ text }) => [
			...text.matchAll(/\]\(\s*<?([^)\s>]+)/g),
			...text.matchAll(/\b(?:src|href)="([^"]+)"/g),
			...text.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm),
		]);
		const missing = links
			.flatMap(([, link = ""]) => (/^(?:https:|mailto:)/.test(link) ? [] : [link]))
			.filter((link) => !packed.has(targetOf(document, link).toLowerCase()));
		expect(missing).toEqual([]);
	});
});

test("the readme names no other file of the repository, but where it speaks of that", async () => {
	const sections = (await sectionsOf("README.md")).filter(
		({ heading }) => !aboutRepository.test(heading),
	);
	const named = sections.flatMap(({ text }) =>
		[
			...text.matchAll(
				/(?<![\w/.-])(?:(?:docs|bench|models|native|test|training|src|scripts)\/[\w./*-]*[\w*]|[A-Z]{4,}[.]md)/g,
			),
		].map(([name]) => name),
	);
	const missing = named.filter(
		(name) => ![...packed].some((entry) => `${entry}/`.startsWith(`${name.toLowerCase()}/`)),
	);
	expect(missing).toEqual([]);
});
