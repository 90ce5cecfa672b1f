import { percentile, round } from "../../src/cli/bench/percentile.ts";
import type { Machine } from "../../src/cli/bench/machine.ts";
import type { EventLoopDelays } from "./hostInspector.ts";
import type { Stretch } from "./stretches.ts";

/** What Mote did with the thread of the extension host in one part of a run. */
export interface HostPhase {
	readonly name: string;
	readonly durationMs: number;
	readonly stretches: readonly Stretch[];
	/** Of the whole thread, the editor's own work and other extensions' included. */
	readonly delays: EventLoopDelays;
}

export interface HostFindings {
	/** ISO. */
	readonly date: string;
	readonly machine: Machine;
	readonly load: { readonly before: number; readonly after: number };
	/** Of each window, as the editor shows it in “Show Running Extensions”: loading the code and the call, in milliseconds. */
	readonly activationsMs: readonly number[];
	readonly phases: readonly HostPhase[];
}

export const maxActivationMs = 150;
/** Of a frame. */
export const maxStretchMs = 16;

const tracedMs = 1;
const named = 12;

export function asJson({ phases, ...findings }: HostFindings): string {
	const report = {
		...findings,
		phases: phases.map(({ stretches, ...phase }) => ({
			...phase,
			durationMs: round(phase.durationMs),
			...summary(stretches),
			// The trace: every stretch that a person could come near to noticing, in the order of time.
			stretches: stretches
				.filter(({ ms }) => ms >= tracedMs)
				.map(({ atMs, ms, waitedMs, mostly }) => ({
					...{ atMs: round(atMs), ms: round(ms), waitedMs: round(waitedMs) },
					mostly,
				})),
		})),
	};
	return `${JSON.stringify(report, undefined, 2)}\n`;
}

export function asMarkdown({ date, machine, load, activationsMs, phases }: HostFindings): string {
	const median = percentile(activationsMs, 0.5);
	const typing = phases.filter(({ name }) => name !== activationPhase);
	const stretchesWhileTyping = typing.flatMap(({ stretches }) => stretches);
	const longest = Math.max(0, ...stretchesWhileTyping.map(({ ms }) => ms));
	const longestAtWork = Math.max(0, ...stretchesWhileTyping.map(atWorkMs));
	return [
		"# What Mote asks of the extension host's thread",
		"",
		`${date.slice(0, 10)}, ${machine.processor}, ${machine.logicalCores} cores; load of the machine ${load.before.toFixed(1)} before and ` +
			`${load.after.toFixed(1)} after. The packaged extension in VS Code (code-server), \`node bench/hostThread.ts\`.`,
		"",
		`Activation, as the editor shows it (loading the code and the call), in ${activationsMs.length} windows: median ${median} ms, ` +
			`${Math.min(...activationsMs)} to ${Math.max(...activationsMs)} ms; asked for are ${maxActivationMs}: ${verdict(median <= maxActivationMs)}.`,
		"",
		"Stretches in which Mote kept the thread, sampled each 0.25 ms while the inspector's profiler runs, garbage collections " +
			"included. Tasks that follow each other without a pause count as one. Delays are of the whole thread, whoever made them.",
		"",
		...table([
			[
				"",
				"seconds",
				"stretches",
				"p99, ms",
				"longest, ms",
				"over 4 ms",
				"over 16 ms",
				"of them without waiting for a core",
				"delay p99, ms",
				"longest delay, ms",
			],
			...phases.map(({ name, durationMs, stretches, delays }) => {
				const { count, p99Ms, longestMs, over4Ms, over16Ms, over16MsAtWork } = summary(stretches);
				return [
					name,
					(durationMs / 1000).toFixed(0),
					...[
						count,
						p99Ms,
						longestMs,
						over4Ms,
						over16Ms,
						over16MsAtWork,
						round(delays.p99),
						round(delays.longest),
					].map(String),
				];
			}),
		]),
		"",
		`Longest stretch while something is typed: ${round(longest)} ms; asked for are ${maxStretchMs}: ${verdict(longest <= maxStretchMs)}. ` +
			`Without the time in which the thread waited for a core, as Linux counts it: ${round(longestAtWork)} ms.`,
		"",
		"The longest of each part, and where most of their time went:",
		"",
		...table([
			["part", "at, s", "ms", "of it waiting for a core", "mostly"],
			...phases.flatMap(({ name, stretches }) =>
				stretches
					.toSorted((a, b) => b.ms - a.ms)
					.slice(0, named)
					.map(({ atMs, ms, waitedMs, mostly }) => [
						name,
						(atMs / 1000).toFixed(2),
						...[ms, waitedMs].map((value) => String(round(value))),
						mostly.map((place) => `\`${place}\``).join(", "),
					]),
			),
		]),
		"",
	].join("\n");
}

/** The name of the part in which the extension starts. */
export const activationPhase = "start";

function summary(
	stretches: readonly Stretch[],
): Readonly<
	Record<"count" | "p99Ms" | "longestMs" | "over4Ms" | "over16Ms" | "over16MsAtWork", number>
> {
	const times = stretches.map(({ ms }) => ms);
	return {
		count: times.length,
		p99Ms: times.length === 0 ? 0 : round(percentile(times, 0.99)),
		longestMs: round(Math.max(0, ...times)),
		over4Ms: times.filter((ms) => ms > 4).length,
		over16Ms: times.filter((ms) => ms > maxStretchMs).length,
		over16MsAtWork: stretches.filter((stretch) => atWorkMs(stretch) > maxStretchMs).length,
	};
}

function atWorkMs({ ms, waitedMs }: Stretch): number {
	return ms - waitedMs;
}

function verdict(isMet: boolean): string {
	return isMet ? "met" : "**missed**";
}

function table([head, ...rows]: readonly (readonly string[])[]): readonly string[] {
	const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
	return [line(head ?? []), line((head ?? []).map(() => "---")), ...rows.map(line)];
}
