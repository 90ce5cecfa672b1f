import { expect, test } from "vitest";
import { copiedFile, type CopiedFile } from "../../../../src/context/copied/copiedFile.ts";
import { openIndex } from "../../../support/indexedFolder.ts";
import { TemporaryFolder } from "../../../support/temporaryFolder.ts";

const body = `
export function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = Math.floor(sorted.length / 2);
	return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
`;
const gpl = "// Copyright (C) 2020 Grace Hopper\n// SPDX-License-Identifier: GPL-3.0-only\n";
const mit = "// Copyright (C) 2024 Ada Lovelace\n// SPDX-License-Identifier: MIT\n";
const ghost = body.slice(body.indexOf("const sorted"));
const running = new AbortController().signal;

interface Case {
	readonly files: Readonly<Record<string, string>>;
	readonly path?: string;
	readonly text?: string;
	readonly signal?: AbortSignal;
}

async function check(
	{ files, path = "src/mine.ts", text = ghost, signal = running }: Case,
	expected: CopiedFile | undefined,
): Promise<void> {
	using folder = new TemporaryFolder(files);
	await using index = await openIndex(folder.path);
	await index.scan(running);
	expect(await copiedFile({ path, text }, index, signal)).toEqual(expected);
}

const found: CopiedFile = {
	...{ path: "lib/median.ts", line: 4, licence: "GPL-3.0-only", holder: "Grace Hopper" },
};
const mine = { "src/mine.ts": "export {};\n" };

test("a text that stands in a file with a licence header is named after it, with its line", () =>
	check({ files: { ...mine, "lib/median.ts": gpl + body } }, found));

test("white space doesn't hide it", () =>
	check(
		{
			files: { ...mine, "lib/median.ts": gpl + body },
			text: ghost.replaceAll("\t", "        ").replaceAll(" = ", "="),
		},
		found,
	));

test("a document outside of the repository is told too", async () => {
	using folder = new TemporaryFolder({ "lib/median.ts": gpl + body });
	await using index = await openIndex(folder.path);
	await index.scan(running);
	expect(await copiedFile({ path: undefined, text: ghost }, index, running)).toEqual(found);
});

test("the file in which somebody writes is no other file", () =>
	check({ files: { "lib/median.ts": gpl + body }, path: "lib/median.ts" }, undefined));

test("a file without a header is nobody's in particular", () =>
	check({ files: { ...mine, "lib/median.ts": body } }, undefined));

test("what has the same licence of the same holder may go from file to file", () =>
	check(
		{ files: { "src/mine.ts": `${gpl}export {};\n`, "lib/median.ts": gpl + body } },
		undefined,
	));

test("another holder or another licence is told", async () => {
	await check(
		{ files: { "src/mine.ts": `${mit}export {};\n`, "lib/median.ts": gpl + body } },
		found,
	);
	const others = gpl.replace("Grace Hopper", "Somebody Else");
	await check(
		{ files: { "src/mine.ts": `${others}export {};\n`, "lib/median.ts": gpl + body } },
		found,
	);
});

test("a text of fewer lexemes than a run isn't looked for", () =>
	check(
		{
			files: { ...mine, "lib/median.ts": gpl + body },
			text: "const sorted = [...values].sort((a, b) => a - b);",
		},
		undefined,
	));

test("the same words in another order are another text", () =>
	check(
		{
			files: { ...mine, "lib/median.ts": gpl + body },
			text: ghost
				.split(/(?<=\n)/)
				.toReversed()
				.join("")
				.replaceAll("sorted", "values"),
		},
		undefined,
	));

test("after an abort nothing is found", () =>
	check(
		{ files: { ...mine, "lib/median.ts": gpl + body }, signal: AbortSignal.abort() },
		undefined,
	));
