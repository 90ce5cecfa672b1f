import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { residentByKind } from "../../../bench/soak/mappings.ts";

/** What is left out of smaps here isn't read. */
function smapsOf(...mappings: readonly (readonly [head: string, residentKb: number])[]): string {
	return mappings
		.map(([head, kb]) => `${head}\nSize: 9999999 kB\nRss:      ${kb} kB\nPss:      1 kB\n`)
		.join("");
}

/** Heads are of Node 24 with threads, on Linux 6.18 and glibc 2.36. */
test("resident memory is told apart by what mapped it", () => {
	const smaps = smapsOf(
		[
			"0074a000-03044000 r-xp 0034a000 fe:00 2171180                            /usr/bin/node",
			26040,
		],
		["06b56000-06b7d000 rw-p 06755000 fe:00 2171180                            /usr/bin/node", 156],
		["06b7d000-06bb6000 rw-p 00000000 00:00 0 ", 204],
		["37946000-37b90000 rw-p 00000000 00:00 0                                  [heap]", 2204],
		["5ae4540000-5ae4580000 rw-p 00000000 00:00 0 ", 256],
		["7fefdc000000-7fefdc030000 rw-p 00000000 00:00 0 ", 148],
		["7fefdc030000-7fefe0000000 ---p 00000000 00:00 0 ", 0],
		["7ff004000000-7ff00c000000 rw-p 00000000 00:00 0 ", 70000],
		["7ff00c000000-7ff02bdc0000 rwxp 00000000 00:00 0 ", 60],
		["7ff091ffd000-7ff0927fd000 rw-p 00000000 00:00 0 ", 20],
		["7ff0980f1000-7ff0980f5000 rw-s 10000000 00:10 362411   anon_inode:[io_uring]", 16],
		["7ff0980f5000-7ff0980f6000 rw-s 00000000 00:01 5        /memfd:index (deleted)", 4],
		["7ff09922a000-7ff09922b000 r--s 00000000 fe:00 77       /work/index.sqlite-shm", 8],
		["7ffd92863000-7ffd92884000 rw-p 00000000 00:00 0        [stack]", 40],
	);
	const kilobytes = Object.fromEntries(
		Object.entries(residentByKind(smaps)).map(([kind, bytes]) => [kind, bytes / 1024]),
	);
	expect(kilobytes).toEqual({
		files: 26040 + 156 + 204 + 8,
		javaScript: 256 + 60,
		mainHeap: 2204,
		arenas: 148 + 70000,
		otherAnonymous: 20 + 40,
		shared: 16 + 4,
	});
});

test("a mapping at an arena's place that is of another size is none", () => {
	const smaps = smapsOf(["7ff004000000-7ff004200000 rw-p 00000000 00:00 0 ", 12]);
	expect(residentByKind(smaps)).toMatchObject({ arenas: 0, otherAnonymous: 12 * 1024 });
});

test("what isn't smaps is refused", () => {
	expect(() => residentByKind("Rss: 12 kB")).toThrow("of no mapping");
});

test("all that is resident is of some kind", () => {
	if (process.platform === "linux") {
		const smaps = readFileSync("/proc/self/smaps", "utf8");
		const all = [...smaps.matchAll(/^Rss:\s+(\d+) kB$/gm)];
		const sum = all.reduce((total, [, kb]) => total + Number(kb) * 1024, 0);
		const kinds = residentByKind(smaps);
		const { files, javaScript, mainHeap, arenas, otherAnonymous, shared } = kinds;
		expect(files + javaScript + mainHeap + arenas + otherAnonymous + shared).toBe(sum);
		expect(files).toBeGreaterThan(0);
		expect(javaScript + otherAnonymous).toBeGreaterThan(0);
	} else {
		expect(residentByKind("").files).toBe(0);
	}
});
