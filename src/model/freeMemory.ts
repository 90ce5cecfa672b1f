import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { freemem } from "node:os";
import { join } from "node:path";
import {
	availableInCgroup,
	availableInMeminfo,
	availableInVmStat,
	cgroupPlaces,
	type CgroupPlace,
} from "./memoryReports.ts";

/** It takes a few milliseconds; a machine that is out of memory may take long. */
const vmStatTimeoutMs = 2000;

/**
 * Memory that this process could take now without anything being swapped out or ended for it, in bytes: of the machine,
 * and of the container that this runs in. What other engines hold in memory of their own is taken off already. Blocks,
 * for less than a millisecond on Linux and Windows. Undefined where the system doesn't say.
 */
export function freeMemoryBytes(): number | undefined {
	if (process.platform === "linux") {
		return leastOf([availableInMeminfo(textOf("/proc/meminfo")), ...cgroupsFree()]);
	}
	return process.platform === "darwin" ? availableInVmStat(vmStat()) : freemem();
}

function cgroupsFree(): readonly (number | undefined)[] {
	return cgroupPlaces(textOf("/proc/self/cgroup")).map(({ folder, files }: CgroupPlace) =>
		availableInCgroup({
			limit: textOf(join(folder, files.limit)),
			usage: textOf(join(folder, files.usage)),
			statistics: textOf(join(folder, files.statistics)),
		}),
	);
}

function leastOf(numbers: readonly (number | undefined)[]): number | undefined {
	const known = numbers.filter((number) => number !== undefined);
	return known.length === 0 ? undefined : Math.min(...known);
}

/** Empty where there is no such file: not every group bounds memory, and a container shows few of them. */
function textOf(path: string): string {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return "";
	}
}

/** Empty where it can't be had. */
function vmStat(): string {
	try {
		return execFileSync("/usr/bin/vm_stat", { encoding: "utf8", timeout: vmStatTimeoutMs });
	} catch {
		return "";
	}
}
