/** What the systems report of their memory, as numbers. Pure; undefined where a text doesn't say. */

/** Of Linux's /proc/meminfo: what programs can have without swapping, caches that can be given up included. In bytes. */
export function availableInMeminfo(text: string): number | undefined {
	const kib = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1];
	return kib === undefined ? undefined : Number(kib) * 1024;
}

/**
 * Of what macOS's `vm_stat` prints: pages that are free, and those that are given up first when memory gets short. In
 * bytes. Free pages alone are few on every Mac that has run for an hour.
 */
export function availableInVmStat(text: string): number | undefined {
	const pageBytes = /page size of (\d+) bytes/.exec(text)?.[1];
	const pagesOf = (name: string): number =>
		Number(new RegExp(`^Pages ${name}:\\s+(\\d+)[.]$`, "m").exec(text)?.[1] ?? Number.NaN);
	// Purgeable pages are counted among these already.
	const pages = pagesOf("free") + pagesOf("inactive") + pagesOf("speculative");
	const bytes = pages * Number(pageBytes);
	return Number.isFinite(bytes) ? bytes : undefined;
}

/** A control group's files, as they are read: the limit, what counts against it, and its statistics. */
export interface CgroupReport {
	readonly limit: string;
	readonly usage: string;
	readonly statistics: string;
}

/**
 * What a control group may still take, in bytes: Infinity without a limit. Pages of files count against it, but are given up
 * before it is exceeded; so they are free. `total_` is how the first version names what its descendants have too.
 */
export function availableInCgroup({ limit, usage, statistics }: CgroupReport): number | undefined {
	if (limit.trim() === "max") {
		return Infinity;
	}
	const ofFiles = (name: string): number =>
		Number(
			(new RegExp(`^total_${name} (\\d+)$`, "m").exec(statistics) ??
				new RegExp(`^${name} (\\d+)$`, "m").exec(statistics))?.[1] ?? 0,
		);
	const reclaimable = ofFiles("inactive_file") + ofFiles("active_file");
	const [limitBytes, usedBytes] = [limit, usage].map((text) =>
		/^\d+$/.test(text.trim()) ? Number(text) : Number.NaN,
	);
	const bytes = Math.max(0, (limitBytes ?? 0) - Math.max(0, (usedBytes ?? 0) - reclaimable));
	return Number.isNaN(bytes) ? undefined : bytes;
}

/** Where a control group's files lie, and how they are called: the two versions of the interface differ in both. */
export interface CgroupPlace {
	readonly folder: string;
	readonly files: Readonly<Record<keyof CgroupReport, string>>;
}

const filesOfVersion1 = {
	limit: "memory.limit_in_bytes",
	usage: "memory.usage_in_bytes",
	statistics: "memory.stat",
};
const filesOfVersion2 = { limit: "memory.max", usage: "memory.current", statistics: "memory.stat" };

/**
 * The groups that bound a process's memory, by its /proc/self/cgroup: its own and all above it, of which each may have a
 * limit. In a container the paths are often those outside of it, and only the topmost folder is there.
 */
export function cgroupPlaces(text: string): readonly CgroupPlace[] {
	return text.split("\n").flatMap((line) => {
		const [, controllers = "", path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
		const isVersion2 = controllers === "";
		if (path === undefined || !(isVersion2 || controllers.split(",").includes("memory"))) {
			return [];
		}
		const names = path.split("/").filter((name) => name !== "" && name !== "..");
		const root = isVersion2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
		const files = isVersion2 ? filesOfVersion2 : filesOfVersion1;
		return Array.from({ length: names.length + 1 }, (_, depth) => ({
			folder: [root, ...names.slice(0, depth)].join("/"),
			files,
		}));
	});
}
