import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** What all processes of a run have in their environment, so that those are found too whose parent is gone. */
export const runVariable = "MOTE_SOAK_RUN";

export interface FoundProcess {
	readonly pid: number;
	readonly parentPid: number;
	/** Words of the command line. */
	readonly command: readonly string[];
}

/** A process that /proc lists; undefined for one that is gone, or dead and not yet waited for. */
function readProcess(pid: number): FoundProcess | undefined {
	const stat = readOfProcess(pid, "stat");
	// Behind the name, which may hold anything.
	const [state, parentPid] = (stat?.slice(stat.lastIndexOf(")") + 2) ?? "").split(" ");
	if (parentPid === undefined || state === "Z" || state === "X") {
		return undefined;
	}
	const command = (readOfProcess(pid, "cmdline") ?? "").split("\0").slice(0, -1);
	return { pid, parentPid: Number(parentPid), command };
}

/** Processes of this run other than this one and the one that started it. */
function processesOfRun(run: string): readonly FoundProcess[] {
	return allProcesses().filter(
		({ pid }) =>
			pid !== process.pid &&
			pid !== process.ppid &&
			(readOfProcess(pid, "environ") ?? "").split("\0").includes(`${runVariable}=${run}`),
	);
}

/** The child of this process that runs the bundle with this name; the youngest of several. */
export function childRunning(bundle: string): FoundProcess | undefined {
	return allProcesses()
		.filter(
			({ parentPid, command }) =>
				parentPid === process.pid && command.some((word) => word.endsWith(`/${bundle}`)),
		)
		.sort((a, b) => startedAt(b) - startedAt(a))[0];
}

/** Of a process, in bytes; undefined for one that is gone. */
export function residentBytes(pid: number): number | undefined {
	const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readOfProcess(pid, "status") ?? "")?.[1];
	return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** Resolves when no process of the run is left, or with those that are after `limitMs`. */
export async function remainingProcesses(
	run: string,
	limitMs: number,
): Promise<readonly FoundProcess[]> {
	const deadline = performance.now() + limitMs;
	for (;;) {
		const left = processesOfRun(run);
		if (left.length === 0 || performance.now() > deadline) {
			return left;
		}
		await sleep(50);
	}
}

function allProcesses(): readonly FoundProcess[] {
	return readdirSync("/proc")
		.filter((name) => /^\d+$/.test(name))
		.map((name) => readProcess(Number(name)))
		.filter((found) => found !== undefined);
}

/** In ticks since the system started. */
function startedAt({ pid }: FoundProcess): number {
	const stat = readOfProcess(pid, "stat") ?? "";
	return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
}

/** Undefined where the process is gone, or somebody else's. */
function readOfProcess(
	pid: number,
	file: "stat" | "cmdline" | "environ" | "status",
): string | undefined {
	try {
		return readFileSync(`/proc/${pid}/${file}`, "utf8");
	} catch {
		return undefined;
	}
}
