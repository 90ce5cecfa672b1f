import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { LibraryError } from "../../src/modelLibrary/libraryError.ts";
import { unpackFiles } from "../../src/modelLibrary/runtimes/unpackFiles.ts";
import { bytesOf } from "../support/hubDownload.ts";
import { runtimeFile } from "../support/smallRuntime.ts";
import { paxRecord, tar, tgz, type TarEntry } from "../support/tarArchive.ts";
import { TemporaryFolder } from "../support/temporaryFolder.ts";

const content = bytesOf(20_000);
const place = "package/lib/wanted.so";
const wanted = runtimeFile(place, content);
const unpackedBytes = 200_000;

/** What an archive does with a runtime, in a folder that is looked through. */
async function outcomeOf(archive: Uint8Array): Promise<string> {
	using folder = new TemporaryFolder({ "inner/a.tgz": archive });
	mkdirSync(path.join(folder.path, "inner/out"));
	let unpacked = 0;
	const outcome = await unpackFiles({
		archivePath: path.join(folder.path, "inner/a.tgz"),
		archive: { files: [wanted], unpackedBytes },
		folder: path.join(folder.path, "inner/out"),
		onBytes: (bytes) => {
			unpacked = bytes;
		},
		signal: new AbortController().signal,
	}).catch((error: unknown) => {
		if (!(error instanceof LibraryError)) {
			throw error;
		}
		expect(error.message).toMatch(/^[^\n]{20,300}[.]$/);
		return error.code;
	});
	expect(unpacked).toBeLessThanOrEqual(unpackedBytes);
	const written = readdirSync(folder.path, { recursive: true, encoding: "utf8" })
		.filter((name) => !["inner", "inner/a.tgz", "inner/out"].includes(name))
		.filter((name) => name !== "inner/out/wanted.so.part");
	expect(written.filter((name) => name !== "inner/out/wanted.so")).toEqual([]);
	if (written.length > 0) {
		// Also where something behind it is wrong.
		const file = readFileSync(path.join(folder.path, "inner/out/wanted.so"));
		expect(file.equals(content)).toBe(true);
	}
	expect(outcome === "whole" ? written.length : 1).toBe(1);
	return outcome;
}

const entries: readonly TarEntry[] = [
	{ path: "package/package.json", content: "{}" },
	{ path: "head", type: "x", content: paxRecord("path", place) },
	{ path: "short", content },
	{ path: "package/README.md", content: "# Read me" },
];

const anyEntry: fc.Arbitrary<TarEntry> = fc
	.record(
		{
			path: fc.constantFrom(place, "package/other", "../../outside", "/outside", `./${place}`, ""),
			content: fc.oneof(
				fc.constant(content),
				fc.uint8Array({ maxLength: 3000 }),
				fc
					.tuple(
						fc.constantFrom("path", "size", "linkpath"),
						fc.constantFrom(place, "7", "-7", "x"),
					)
					.map(([key, value]) => paxRecord(key, value)),
			),
			type: fc.constantFrom("0", "1", "2", "3", "5", "7", "x", "g", "L", "K", "Z"),
			linksTo: fc.constantFrom("", "/etc/passwd", place),
			size: fc.option(
				fc.constantFrom(
					"00000047040\0",
					"-0000000001",
					"77777777777\0",
					"",
					"none",
					"00000000001\0",
				),
				{ nil: undefined },
			),
		},
		{ requiredKeys: ["path"] },
	)
	.map(({ size, ...entry }) => ({ ...entry, ...(size !== undefined && { size }) }));

test("an archive with changed bytes gives the file as it should be, or none", async () => {
	const whole = tar(entries);
	const change = fc.record({ at: fc.nat({ max: whole.length - 1 }), byte: fc.nat({ max: 255 }) });
	const outcomes = new Set<string>();
	await fc.assert(
		fc.asyncProperty(
			fc.array(change, { maxLength: 4 }),
			fc.boolean(),
			async (changes, inPacking) => {
				const bytes = Buffer.from(inPacking ? gzipSync(whole) : whole);
				for (const { at, byte } of changes) {
					bytes[at % bytes.length] = byte;
				}
				outcomes.add(await outcomeOf(inPacking ? bytes : gzipSync(bytes)));
			},
		),
		{
			numRuns: 200,
			examples: [
				[[], false],
				[[{ at: 3000, byte: 7 }], false],
			],
		},
	);
	expect([...outcomes]).toEqual(expect.arrayContaining(["whole", "hubInvalid"]));
});

test("whatever entries an archive has, nothing but the file is written, and that as it should be", async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(anyEntry, { maxLength: 6 }), async (some) => {
			await outcomeOf(tgz(some));
		}),
		{ numRuns: 200 },
	);
});
