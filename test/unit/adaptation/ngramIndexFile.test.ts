import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { NgramIndex } from "../../../src/adaptation/ngramIndex.ts";
import { openNgramIndex, serializeNgramIndex } from "../../../src/adaptation/ngramIndexFile.ts";
import { loadNgramIndex, saveNgramIndex } from "../../../src/adaptation/ngramIndexStore.ts";
import { tokens } from "../../support/engineRequests.ts";
import { plain } from "../../support/plainSuccessors.ts";

const options = { vocabulary: "test", vocabularySize: 100, maxBytes: 10_000_000 };

function filledIndex(): NgramIndex {
	const index = new NgramIndex(options);
	index.putFile(
		"a.ts",
		Array.from({ length: 900 }, (_, i) => (i * i) % 97),
		"stamp",
	);
	return index;
}

function saved(): Buffer {
	return Buffer.concat(serializeNgramIndex(filledIndex(), "test"));
}

/** `bytes` with a checksum that is right, as a forger would write it. */
function signed(bytes: Buffer): Buffer {
	createHash("sha256").update(bytes.subarray(48)).digest().copy(bytes, 16);
	return bytes;
}

describe("a saved n-gram index", () => {
	test("is foreign with another vocabulary, version or beginning", () => {
		expect(openNgramIndex(saved(), { ...options, vocabulary: "other" }).kind).toBe("foreign");
		expect(openNgramIndex(saved(), { ...options, vocabularySize: 101 }).kind).toBe("foreign");
		const newer = saved();
		newer.writeUInt32LE(2, 8);
		expect(openNgramIndex(newer, options).kind).toBe("foreign");
		expect(openNgramIndex(new Uint8Array(0), options).kind).toBe("foreign");
		expect(openNgramIndex(Buffer.from("#!/bin/sh"), options).kind).toBe("foreign");
	});

	test("never crashes on forged contents with the right checksum", () => {
		const original = saved();
		const kinds = new Set<string>();
		for (let at = 48; at + 4 <= original.length; at += 4) {
			for (const value of [0, 0xffff_ffff, 0x7fff_ffff]) {
				const forged = Buffer.from(original);
				forged.writeUInt32LE(value, at);
				const opened = openNgramIndex(signed(forged), options);
				kinds.add(opened.kind);
				if (opened.kind === "opened") {
					const { index } = opened;
					for (const { ids } of index.successors(tokens(1, 4, 9))) {
						expect(Math.max(...Array.from(ids))).toBeLessThan(100);
					}
				}
			}
		}
		expect(kinds).toContain("damaged");
	});

	test("does not take memory for lengths that were made up", () => {
		const bytes = saved();
		const jsonBytes = bytes.readUInt32LE(12);
		const table = Buffer.alloc(jsonBytes, " ");
		table.write(
			JSON.stringify({
				vocabulary: "test",
				vocabularySize: 100,
				segments: [],
				files: [["a", "", 9e15]],
			}),
		);
		table.copy(bytes, 48);
		expect(openNgramIndex(signed(bytes), options)).toMatchObject({ kind: "damaged" });
	});
});

describe("the file of an n-gram index", () => {
	let folder = "";
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), "mote-ngrams-"));
	});
	afterEach(async () => {
		await rm(folder, { recursive: true });
	});

	test("is written whole, replaces an earlier one, and leaves nothing beside it", async () => {
		const path = join(folder, "ngrams");
		await writeFile(path, "an earlier one");
		const index = filledIndex();
		await saveNgramIndex(path, index, "test");
		expect(await readdir(folder)).toEqual(["ngrams"]);
		const loaded = await loadNgramIndex(path, options);
		if (loaded.kind !== "opened") {
			throw new Error(loaded.problem);
		}
		expect(loaded.index.stampOf("a.ts")).toBe("stamp");
		const context = tokens(0, 1, 4);
		expect(plain(loaded.index.successors(context))).toEqual(plain(index.successors(context)));
	});

	test("leaves nothing behind where it can't be written", async () => {
		await expect(
			saveNgramIndex(join(folder, "no", "where"), filledIndex(), "test"),
		).rejects.toThrow("ENOENT");
		expect(await readdir(folder)).toEqual([]);
	});

	test("is reported as unreadable when it isn't there, and as foreign when it is too large", async () => {
		const path = join(folder, "ngrams");
		expect((await loadNgramIndex(path, options)).kind).toBe("unreadable");
		await writeFile(path, Buffer.alloc(2001));
		expect(await loadNgramIndex(path, { ...options, maxBytes: 1000 })).toEqual({
			kind: "foreign",
			problem: "it has 2001 bytes, more than an index may have",
		});
	});
});
