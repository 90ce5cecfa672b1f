import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import path from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as z from "zod";
import { residentByKind, type ResidentBytes } from "./mappings.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = z
	.custom<() => void>((value) => typeof value === "function")
	.parse(runInNewContext("gc"));

/** What this process holds. */
export interface Resources {
	/** Open files by their names; pipes, sockets and what else the system opens by kind, such as `anon_inode:[eventpoll]`. */
	readonly handles: Readonly<Record<string, number>>;
	readonly threads: number;
	/** What keeps the event loop alive, by kind. */
	readonly active: Readonly<Record<string, number>>;
	/** JavaScript's heap and the buffers outside it, after a garbage collection. */
	readonly heapBytes: number;
	/** What V8 has taken from the system for the heap of this thread, used or not. */
	readonly heapTakenBytes: number;
	readonly residentBytes: number;
	/** The same, by what it is. Looked at a moment later. */
	readonly residentByKind: ResidentBytes;
}

/** After a garbage collection and what it lets go of. */
export async function resourcesNow(): Promise<Resources> {
	for (let round = 0; round < 3; round++) {
		collectGarbage();
		// Finalizers run in turns of their own.
		await nextTurn();
	}
	const { heapUsed, heapTotal, external, rss } = process.memoryUsage();
	return {
		handles: openHandles(),
		threads: readdirSync("/proc/self/task").length,
		active: countsOf(process.getActiveResourcesInfo()),
		heapBytes: heapUsed + external,
		heapTakenBytes: heapTotal,
		residentBytes: rss,
		residentByKind: residentByKind(readFileSync("/proc/self/smaps", "utf8")),
	};
}

export function handleCount({ handles }: Resources): number {
	return Object.values(handles).reduce((sum, count) => sum + count, 0);
}

export function openHandles(): Readonly<Record<string, number>> {
	return countsOf(readdirSync("/proc/self/fd").flatMap(targetsOf));
}

/** None of one that is closed by now, as that is by which the folder was read. */
function targetsOf(handle: string): readonly string[] {
	try {
		const target = readlinkSync(`/proc/self/fd/${handle}`);
		return [path.basename(target).replace(/:\[\d+\]$/, "")];
	} catch (error) {
		if (error instanceof Error && "code" in error && error.code === "ENOENT") {
			return [];
		}
		throw error;
	}
}

function countsOf(names: readonly string[]): Readonly<Record<string, number>> {
	const counts: Record<string, number> = {};
	for (const name of names) {
		counts[name] = (counts[name] ?? 0) + 1;
	}
	return counts;
}

/**
 * How much the same work may leave behind: code that V8 compiled meanwhile, and caches that are bounded and were not yet
 * full. A request that leaks its document of 8 KB would leave this after a thousand.
 */
const maxHeapGrowthBytes = 8 * 2 ** 20;

/**
 * Allocators keep pages of what is freed, for each thread that there ever was: a process that holds the same was seen to
 * differ by half of this from moment to moment.
 */
const maxResidentGrowthBytes = 256 * 2 ** 20;

/** What `after` has more of than `before`, both taken when the same work was done; sentences, none where nothing leaks. */
export function leaksBetween(before: Resources, after: Resources): readonly string[] {
	const leaks: string[] = [];
	const compare = (what: string, was: number, is: number, most = 0): void => {
		if (is - was > most) {
			leaks.push(`${what}: ${was} before, ${is} after the same work.`);
		}
	};
	if (handleCount(after) > handleCount(before)) {
		for (const [target, count] of Object.entries(after.handles)) {
			compare(`Open handles (${target})`, before.handles[target] ?? 0, count);
		}
	}
	compare("Threads", before.threads, after.threads);
	for (const [kind, count] of Object.entries(after.active)) {
		compare(`Active resources (${kind})`, before.active[kind] ?? 0, count);
	}
	compare("Bytes of JavaScript", before.heapBytes, after.heapBytes, maxHeapGrowthBytes);
	compare("Resident bytes", before.residentBytes, after.residentBytes, maxResidentGrowthBytes);
	return leaks;
}

/** How steeply `y` rises with `x`, by least squares; 0 where that can't be told. */
export function slopeOf(points: readonly { readonly x: number; readonly y: number }[]): number {
	const mean = (values: readonly number[]): number =>
		values.reduce((sum, value) => sum + value, 0) / values.length;
	const meanX = mean(points.map(({ x }) => x));
	const meanY = mean(points.map(({ y }) => y));
	const spread = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
	const together = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0);
	return spread > 0 ? together / spread : 0;
}
