import path from "node:path";
import { expect, test } from "vitest";
import { nullLogger } from "../../../../src/base/log.ts";
import { dumpOf, openIndex } from "../../../support/indexedFolder.ts";
import { TemporaryFolder } from "../../../support/temporaryFolder.ts";

const tagProcess = path.join(import.meta.dirname, "../../../../src/context/tagProcess.ts");
const signal = new AbortController().signal;
const fileCount = 24;

/** More than what is parsed without a process of its own. */
function largeFolder(): TemporaryFolder {
	const filler = "// a line that has words but no names, over and over again\n".repeat(900);
	const folder = new TemporaryFolder();
	for (let number = 0; number < fileCount; number++) {
		folder.write(
			`f${number}.ts`,
			`import { a } from "./f${(number + 1) % fileCount}";\nexport class C${number} { m() { return a; } }\n${filler}`,
		);
	}
	return folder;
}

async function dumpOfFresh(root: string): Promise<unknown> {
	await using fresh = await openIndex(root);
	await fresh.scan(signal);
	return dumpOf(fresh);
}

test("an index that another process parses for is the same", async () => {
	using folder = largeFolder();
	await using index = await openIndex(folder.path, { tagProcess });
	const { indexed } = await index.scan(signal);
	expect(indexed).toBe(fileCount);
	expect(dumpOf(index)).toEqual(await dumpOfFresh(folder.path));
});

test("what changes while it is read ahead ends as it is on disk", async () => {
	using folder = largeFolder();
	await using index = await openIndex(folder.path, { tagProcess });
	let changes: Promise<unknown> | undefined;
	await index.scan(signal, () => {
		changes ??= (() => {
			folder.write("f9.ts", "export class Changed {}\n");
			folder.delete("f10.ts");
			return Promise.all([
				index.update("f9.ts"),
				index.update("f11.ts", "export class Typed {}\n"),
				index.remove("f10.ts"),
			]);
		})();
	});
	await changes;
	expect(index.symbolsOf("f9.ts").map(({ name }) => name)).toEqual(["Changed"]);
	expect(index.symbolsOf("f11.ts").map(({ name }) => name)).toEqual(["Typed"]);
	expect(index.file("f10.ts")).toBeUndefined();
	await index.update("f11.ts");
	expect(dumpOf(index)).toEqual(await dumpOfFresh(folder.path));
});

test("a scan that is aborted while files are read ahead goes on with the next", async () => {
	using folder = largeFolder();
	await using index = await openIndex(folder.path, { tagProcess });
	const controller = new AbortController();
	const first = await index.scan(controller.signal, () => controller.abort());
	expect(first).toMatchObject({ aborted: true, indexed: 1 });
	expect(await index.scan(signal)).toMatchObject({ indexed: fileCount - 1, unchanged: 1 });
	expect(dumpOf(index)).toEqual(await dumpOfFresh(folder.path));
});

test("without a process that can be started the index is the same, and the log says so", async () => {
	using folder = largeFolder();
	const warnings: string[] = [];
	await using index = await openIndex(folder.path, {
		tagProcess: path.join(folder.path, "missing.js"),
		logger: { ...nullLogger, warn: (message) => warnings.push(message) },
	});
	await index.scan(signal);
	expect(warnings).toEqual([expect.stringContaining("no process can be started")]);
	expect(dumpOf(index)).toEqual(await dumpOfFresh(folder.path));
});
