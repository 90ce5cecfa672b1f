import * as z from "zod";
import { waitedMs, type CoreWait } from "./coreWaits.ts";

/** As V8's profiler tells it, see https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile. */
export const profileSchema = z.object({
	nodes: z.array(
		z.object({
			id: z.int(),
			callFrame: z.object({
				functionName: z.string(),
				url: z.string(),
				lineNumber: z.int(),
				columnNumber: z.int(),
			}),
			children: z.array(z.int()).default([]),
		}),
	),
	/** In microseconds. */
	startTime: z.number(),
	endTime: z.number(),
	samples: z.array(z.int()),
	/** From sample to sample, in microseconds. */
	timeDeltas: z.array(z.number()),
});

export type Profile = z.infer<typeof profileSchema>;

/** Time in which the thread did one thing after another and nobody else had it. */
export interface Stretch {
	/** Since the profile began. */
	readonly atMs: number;
	readonly ms: number;
	/** How much of it the thread certainly waited for a core. */
	readonly waitedMs: number;
	/** Where most of it was spent, the most first, as `function file:line`. */
	readonly mostly: readonly string[];
}

/** Functions that a stretch names. */
const maxNamed = 3;

type Activity = "ours" | "runtime" | "other";

/**
 * The stretches that a bundle has kept the thread for: samples one after the other with a frame of it somewhere on the stack,
 * garbage collections and native code in between included. Tasks that follow each other without a pause count as one, so a
 * stretch is never longer than this says by more than the sampling interval, and may be shorter.
 */
export function stretchesOf(
	profile: Profile,
	isOurs: (url: string) => boolean,
	waits: readonly CoreWait[] = [],
): readonly Stretch[] {
	const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
	const activities = activitiesOf(profile, isOurs);
	const stretches: Stretch[] = [];
	let run: { startUs: number; lastOursUs: number; leaves: Map<string, number> } | undefined;
	let timeUs = 0;
	const end = (): void => {
		if (run !== undefined) {
			stretches.push({
				atMs: run.startUs / 1000,
				ms: (run.lastOursUs - run.startUs) / 1000,
				waitedMs: waitedMs(
					waits,
					profile.startTime + run.startUs,
					profile.startTime + run.lastOursUs,
				),
				mostly: [...run.leaves]
					.sort(([, a], [, b]) => b - a)
					.slice(0, maxNamed)
					.map(([name]) => name),
			});
		}
		run = undefined;
	};
	for (const [index, id] of profile.samples.entries()) {
		timeUs += profile.timeDeltas[index] ?? 0;
		const nextUs = timeUs + Math.max(0, profile.timeDeltas[index + 1] ?? 0);
		const activity = activities.get(id) ?? "other";
		if (activity === "other") {
			end();
		} else if (activity === "ours") {
			run ??= { startUs: timeUs, lastOursUs: nextUs, leaves: new Map() };
			run.lastOursUs = nextUs;
			const name = nameOf(nodes.get(id));
			run.leaves.set(name, (run.leaves.get(name) ?? 0) + 1);
		}
	}
	end();
	return stretches;
}

function activitiesOf(
	{ nodes }: Profile,
	isOurs: (url: string) => boolean,
): ReadonlyMap<number, Activity> {
	const children = new Map(nodes.map((node) => [node.id, node]));
	const activities = new Map<number, Activity>();
	const isChild = new Set(nodes.flatMap((node) => node.children));
	const pending = nodes
		.filter(({ id }) => !isChild.has(id))
		.map(({ id }) => ({ id, isBelowOurs: false }));
	for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
		const node = children.get(next.id);
		if (node === undefined || activities.has(next.id)) {
			continue;
		}
		const { functionName, url } = node.callFrame;
		const isBelowOurs = next.isBelowOurs || isOurs(url);
		const isRuntime = functionName === "(program)" || functionName === "(garbage collector)";
		activities.set(node.id, isBelowOurs ? "ours" : isRuntime ? "runtime" : "other");
		pending.push(...node.children.map((id) => ({ id, isBelowOurs })));
	}
	return activities;
}

function nameOf(node: Profile["nodes"][number] | undefined): string {
	if (node === undefined) {
		return "?";
	}
	const { functionName, url, lineNumber, columnNumber } = node.callFrame;
	const file = url.slice(url.lastIndexOf("/") + 1);
	const place = file === "" ? "" : ` ${file}:${lineNumber + 1}:${columnNumber + 1}`;
	return `${functionName === "" ? "(anonymous)" : functionName}${place}`;
}
