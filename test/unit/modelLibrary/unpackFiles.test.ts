/** What is taken out of an archive, whatever the archive says. */
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import type { RuntimeFile } from "../../../src/model/cudaRuntime.ts";
import { LibraryError } from "../../../src/modelLibrary/libraryError.ts";
import { unpackFiles } from "../../../src/modelLibrary/runtimes/unpackFiles.ts";
import { bytesOf } from "../../support/hubDownload.ts";
import { runtimeFile } from "../../support/smallRuntime.ts";
import { paxRecord, tar, tgz, type TarEntry } from "../../support/tarArchive.ts";
import { TemporaryFolder } from "../../support/temporaryFolder.ts";

const content = bytesOf(100_000);
const place = "package/lib/wanted.so";
const wanted = runtimeFile(place, content);
const entry: TarEntry = { path: place, content };

interface Unpacked {
	/** "whole", "paused", or the code of a LibraryError. */
	readonly outcome: string;
	readonly message: string;
	/** All files that are there but the archive. */
	readonly written: readonly string[];
	readonly isRight: boolean;
}

interface Options {
	readonly files?: readonly RuntimeFile[];
	readonly unpackedBytes?: number;
	readonly prepare?: (folder: TemporaryFolder) => void;
	readonly onBytes?: (bytes: number) => void;
	readonly signal?: AbortSignal;
}

async function unpack(archive: Uint8Array, options: Options = {}): Promise<Unpacked> {
	using folder = new TemporaryFolder({ "inner/a.tgz": archive });
	const out = path.join(folder.path, "inner/out");
	mkdirSync(out);
	options.prepare?.(folder);
	const result = { outcome: "", message: "" };
	try {
		result.outcome = await unpackFiles({
			archivePath: path.join(folder.path, "inner/a.tgz"),
			archive: {
				files: options.files ?? [wanted],
				unpackedBytes: options.unpackedBytes ?? 1_000_000,
			},
			folder: out,
			onBytes: options.onBytes ?? (() => undefined),
			signal: options.signal ?? new AbortController().signal,
		});
	} catch (error) {
		if (!(error instanceof LibraryError)) {
			throw error;
		}
		result.outcome = error.code;
		result.message = error.message;
	}
	const everything = readdirSync(folder.path, { recursive: true, encoding: "utf8" });
	const written = everything.filter(
		(name) => !["inner", "inner/a.tgz", "inner/out"].includes(name),
	);
	const isRight =
		written.includes("inner/out/wanted.so") &&
		readFileSync(path.join(out, "wanted.so")).equals(content);
	return { ...result, written, isRight };
}

test("a file comes out with its content, and nothing else of the archive does", async () => {
	const archive = tgz([
		{ path: "package/package.json", content: "{}" },
		{ path: "package/lib/", type: "5" },
		{ path: "../../outside.so", content: "out" },
		{ path: "/tmp/mote-outside.so", content: "out" },
		{ path: "package/lib/link.so", type: "2", linksTo: "/etc/passwd" },
		{ path: "wanted.so", content: "another" },
		entry,
		{ path: "package/lib/wanted.so.part", content: "more" },
	]);
	expect(await unpack(archive)).toMatchObject({
		outcome: "whole",
		written: ["inner/out/wanted.so"],
		isRight: true,
	});
});

test("a path that only a record in front of the entry has is that path", async () => {
	const archive = tgz([
		{ path: "head", type: "x", content: paxRecord("path", place) },
		{ path: "short", content },
	]);
	expect(await unpack(archive)).toMatchObject({ outcome: "whole", isRight: true });
});

test("how far it is goes up to all that there is", async () => {
	const heard: number[] = [];
	const all = tar([entry]).length;
	await unpack(tgz([entry]), { unpackedBytes: all, onBytes: (bytes) => heard.push(bytes) });
	expect(heard.at(-1)).toBe(all);
	expect(heard).toEqual(heard.toSorted((a, b) => a - b));
});

const other = Buffer.from(content);
other[50_000] = (other[50_000] ?? 0) ^ 1;
const zeros: TarEntry = { path: "package/zeros", content: Buffer.alloc(5_000_000) };

test.each<readonly [string, Uint8Array, RegExp]>([
	["has it elsewhere", tgz([{ ...entry, path: "package/wanted.so" }]), /it has no wanted[.]so/],
	[
		"has it on a way around",
		tgz([{ ...entry, path: "package/x/../lib/wanted.so" }]),
		/it has no wanted[.]so/,
	],
	["has it at the root", tgz([{ ...entry, path: `/${place}` }]), /it has no wanted[.]so/],
	["has nothing", tgz([]), /it has no wanted[.]so/],
	[
		"has more of it",
		tgz([{ ...entry, content: Buffer.concat([content, Buffer.from("!")]) }]),
		/isn't what it should be/,
	],
	["has less of it", tgz([{ ...entry, content: content.subarray(1) }]), /isn't what it should be/],
	["has other bytes", tgz([{ ...entry, content: other }]), /has a wrong checksum/],
	[
		"has a link in its place",
		tgz([{ path: place, type: "2", linksTo: "/etc/passwd" }]),
		/isn't what it should be/,
	],
	[
		"has another name for a file in its place",
		tgz([{ path: place, type: "1", linksTo: "package/other" }]),
		/isn't what it should be/,
	],
	[
		"has nothing but a folder that says to have content",
		tgz([{ path: "package/lib/", type: "5", size: "00000047040\0" }]),
		/it has no wanted[.]so/,
	],
	[
		"has a link of its size in its place",
		tgz([{ ...entry, type: "2", linksTo: "/etc/passwd" }]),
		/isn't what it should be/,
	],
	["has a folder in its place", tgz([{ path: place, type: "5" }]), /isn't what it should be/],
	[
		"has an entry of a negative size",
		tgz([{ path: "package/odd", size: "-0000000001" }, entry]),
		/can't be read as one/,
	],
	[
		"has an entry whose size is no number",
		tgz([{ path: "head", type: "x", content: paxRecord("size", "many") }, entry]),
		/can't be read as one/,
	],
	["ends within it", gzipSync(tar([entry]).subarray(0, 60_000)), /can't be read as one/],
	["ends within its packing", tgz([entry]).subarray(0, 60_000), /can't be read as one/],
	["ends right behind its head", gzipSync(tar([entry]).subarray(0, 512)), /can't be read as one/],
	["is packed, and no archive", gzipSync(bytesOf(5000)), /can't be read as one/],
	["isn't even packed", tar([entry]), /can't be read as one/],
	["is empty", Buffer.alloc(0), /can't be read as one|it has no wanted[.]so/],
	["unpacks to far more than it should", tgz([zeros, entry]), /is larger than it should be/],
])("an archive that %s is refused, and leaves no file", async (_, archive, problem) => {
	const { outcome, message, written } = await unpack(archive);
	expect(outcome).toBe("hubInvalid");
	expect(message).toMatch(
		/^a[.]tgz is not the archive that it should be: .*; install it again[.]$/,
	);
	expect(message).toMatch(problem);
	expect(written.filter((name) => name !== "inner/out/wanted.so.part")).toEqual([]);
});

test("an archive that has it twice is refused, and the first is the only one", async () => {
	const twice = await unpack(tgz([entry, { ...entry, content: other }]));
	expect(twice.outcome).toBe("hubInvalid");
	expect(twice.message).toMatch(/wanted[.]so is in it twice/);
	expect([twice.written, twice.isRight]).toEqual([["inner/out/wanted.so"], true]);
});

test("a pause ends it, and leaves no file", async () => {
	const pause = new AbortController();
	const paused = await unpack(tgz([entry]), {
		signal: pause.signal,
		onBytes: () => pause.abort(),
	});
	expect(paused).toMatchObject({ outcome: "paused", isRight: false });
	expect(await unpack(tgz([entry]), { signal: pause.signal })).toMatchObject({ outcome: "paused" });
});

test("a full disk is called that", async () => {
	const full = await unpack(tgz([entry]), {
		prepare: (folder) =>
			symlinkSync("/dev/full", path.join(folder.path, "inner/out/wanted.so.part")),
	});
	expect(full.outcome).toBe("diskFull");
	expect(full.message).toMatch(/^The disk is full at .*; free some space and go on/);
});

test("an archive that is gone is called that", async () => {
	const gone = await unpack(tgz([entry]), { prepare: (folder) => folder.delete("inner/a.tgz") });
	expect(gone.outcome).toBe("folderUnusable");
});

test("what an earlier try has left of a file is given up", async () => {
	const again = await unpack(tgz([entry]), {
		prepare: (folder) => folder.write("inner/out/wanted.so.part", other.subarray(0, 70_000)),
	});
	expect(again).toMatchObject({
		outcome: "whole",
		written: ["inner/out/wanted.so"],
		isRight: true,
	});
});
