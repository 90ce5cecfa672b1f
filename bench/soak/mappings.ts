/** What a process has in memory, by where it came from. */
export interface ResidentBytes {
	/** Pages of programs, libraries and other files, changed ones too, and what programs keep behind them. */
	readonly files: number;
	/** V8's heaps, code and memories of WebAssembly, of all threads. */
	readonly javaScript: number;
	/** What glibc's malloc took for the first thread, from the break of the process. */
	readonly mainHeap: number;
	/** What it took for the other threads, each of which gets an arena that outlives it. */
	readonly arenas: number;
	/** Stacks of threads, and blocks that are so large that malloc maps each by itself. */
	readonly otherAnonymous: number;
	/** Shared memory, rings of the kernel. */
	readonly shared: number;
}

export const residentNames: Readonly<Record<keyof ResidentBytes, string>> = {
	files: "programs, libraries and files",
	javaScript: "V8 of all threads: heaps, code, WebAssembly",
	mainHeap: "malloc, first thread",
	arenas: "malloc, arenas of other threads",
	otherAnonymous: "stacks and large blocks",
	shared: "shared memory",
};

interface Mapping {
	readonly start: number;
	readonly end: number;
	/** Such as `rw-p`. */
	readonly permissions: string;
	/** Empty for memory without a file. */
	readonly name: string;
	residentBytes: number;
}

/** @param smaps of /proc/self/smaps; together the kinds are all of what is resident */
export function residentByKind(smaps: string): ResidentBytes {
	const mappings = mappingsOf(smaps);
	const bytes: { -readonly [Kind in keyof ResidentBytes]: number } = {
		...{ files: 0, javaScript: 0, mainHeap: 0, arenas: 0, otherAnonymous: 0, shared: 0 },
	};
	for (const [index, mapping] of mappings.entries()) {
		bytes[kindOf(mapping, mappings[index - 1], mappings[index + 1])] += mapping.residentBytes;
	}
	return bytes;
}

function mappingsOf(smaps: string): readonly Mapping[] {
	const mappings: Mapping[] = [];
	for (const line of smaps.split("\n")) {
		const head = /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ \S+ \S+\s*(.*)$/.exec(line);
		const resident = /^Rss:\s+(\d+) kB$/.exec(line)?.[1];
		if (head !== null) {
			const [, start = "", end = "", permissions = "", name = ""] = head;
			const [from, to] = [Number.parseInt(start, 16), Number.parseInt(end, 16)];
			mappings.push({ start: from, end: to, permissions, name, residentBytes: 0 });
		} else if (resident !== undefined) {
			const mapping = mappings.at(-1);
			if (mapping === undefined) {
				throw new Error("smaps tells what is resident of no mapping.");
			}
			mapping.residentBytes = Number(resident) * 1024;
		}
	}
	return mappings;
}

/** V8 asks for its heaps at random addresses of 46 bits (`OS::GetRandomMmapAddr` on x64); the kernel itself gives higher ones. */
const v8Addresses = 2 ** 46;

/** glibc's HEAP_MAX_SIZE on 64 bits: arenas begin at its multiples, and what they don't use yet may not be read up to the next. */
const arenaBytes = 64 * 2 ** 20;

function kindOf(
	mapping: Mapping,
	before: Mapping | undefined,
	behind: Mapping | undefined,
): keyof ResidentBytes {
	const { start, permissions, name } = mapping;
	if (name === "[heap]") {
		return "mainHeap";
	}
	if (permissions.endsWith("s") && !isFile(name)) {
		return "shared";
	}
	if (isFile(name)) {
		return "files";
	}
	if (name !== "" && !name.startsWith("[anon")) {
		return "otherAnonymous";
	}
	if (permissions.includes("x")) {
		return "javaScript";
	}
	// The variables of a program or library that begin as zero.
	if (before !== undefined && isFile(before.name) && isAdjacent(before, mapping)) {
		return before.permissions.startsWith("rw") ? "files" : "otherAnonymous";
	}
	if (start < v8Addresses) {
		return "javaScript";
	}
	return isArena(mapping, behind) ? "arenas" : "otherAnonymous";
}

function isFile(name: string): boolean {
	return name.startsWith("/") && !/^\/(?:memfd:|dev\/shm\/|dev\/zero|SYSV)/.test(name);
}

function isAdjacent(before: Mapping, mapping: Mapping): boolean {
	return before.end === mapping.start;
}

function isArena(mapping: Mapping, behind: Mapping | undefined): boolean {
	const { start, end, permissions } = mapping;
	const reservedTo =
		behind?.permissions === "---p" && isAdjacent(mapping, behind) ? behind.end : end;
	return permissions === "rw-p" && start % arenaBytes === 0 && reservedTo % arenaBytes === 0;
}
