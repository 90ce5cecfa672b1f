import { percentile, round } from "../../src/cli/bench/percentile.ts";
import type { Machine } from "../../src/cli/bench/machine.ts";
import { faultKinds, type FaultKind } from "./faultKind.ts";
import { nothingKept, type FaultResult } from "./injectFault.ts";
import type { TalliedSentence } from "./logTally.ts";
import { table } from "./markdownTable.ts";
import { networkSection } from "./networkReport.ts";
import type { NetworkFindings } from "./ownNetwork.ts";
import { growthPerThousand, resourceTable, type Sample } from "./resourceReport.ts";
import type { Resources } from "./resources.ts";

export interface SoakFindings {
	/** ISO. */
	readonly date: string;
	readonly machine: Machine;
	readonly load: { readonly before: number; readonly after: number };
	readonly model: string;
	readonly seed: number;
	readonly minutes: number;
	readonly keystrokes: number;
	readonly shown: number;
	readonly taken: number;
	/** Requests that were asked, that ended, and that were reported. */
	readonly requests: { readonly asked: number; readonly ended: number; readonly reported: number };
	readonly outcomes: Readonly<Record<string, number>>;
	readonly faults: readonly FaultResult[];
	/** Kinds that couldn't be done here, and why. */
	readonly left: readonly { readonly kind: FaultKind; readonly why: string }[];
	readonly restartsByHand: number;
	readonly resources: { readonly before: Resources; readonly after: Resources };
	readonly samples: readonly Sample[];
	readonly network: NetworkFindings;
	readonly log: readonly TalliedSentence[];
	/** What must never be, in sentences. */
	readonly violations: readonly string[];
}

/** Within so many milliseconds the engine answers again after 95 of 100 kills. */
const maxRecoveryMs = 2000;

/** Of kills alone: what happened, from the kill to the first token of the next process. */
function recoveryAfterKills(faults: readonly FaultResult[]): number {
	return round(percentile(timesOf(faults, "engineKilled"), 0.95));
}

export function asJson({ samples, faults, ...findings }: SoakFindings): string {
	const perThousand = growthPerThousand(samples);
	const report = {
		...findings,
		recoveryMsP95: recoveryAfterKills(faults),
		growthPerThousandKeystrokes: perThousand,
		faults: faults.map((fault) => ({ ...fault, recoveryMs: Math.round(fault.recoveryMs) })),
	};
	return `${JSON.stringify(report, undefined, 2)}\n`;
}

export function asMarkdown(findings: SoakFindings): string {
	const { machine, load, faults, left, requests, resources, samples, violations } = findings;
	const p95 = recoveryAfterKills(faults);
	const engine = samples.flatMap(({ engineBytes }) => engineBytes ?? []);
	return [
		"# Everything that can go wrong while somebody types",
		"",
		`${findings.date.slice(0, 10)}, ${machine.processor} (${machine.instructionSets.join(", ")}), ${machine.logicalCores} cores; load of ` +
			`the machine ${load.before.toFixed(1)} before and ${load.after.toFixed(1)} after. ${findings.model}, ${findings.minutes.toFixed(1)} minutes, seed ${findings.seed}.`,
		"",
		"Recorded typing through all that a window of the editor has of Mote, but for the editor (`npm run soak`): engine in a " +
			"process of its own, threads for syntax and repository, KV caches, index and what was learned on a small disk of their " +
			"own. Faults come in an order that the seed decides. After each the document has to be what was typed, and the " +
			"index has to have the same text; every request has to end with an outcome of the closed union.",
		"",
		...table([
			["", "count"],
			["keystrokes", String(findings.keystrokes)],
			[
				"requests asked / ended / reported",
				`${requests.asked} / ${requests.ended} / ${requests.reported}`,
			],
			["ghosts shown, taken and taken back", `${findings.shown}, ${findings.taken}`],
			["faults", String(faults.length)],
			["restarts by hand", String(findings.restartsByHand)],
			["violations", String(violations.length)],
		]),
		"",
		"From a fault (or from when what nobody can do without was put back) to the first token of the engine, in milliseconds:",
		"",
		...table([
			["fault", "count", "p50", "p95", "longest"],
			...faultKinds.map((kind) => rowOf(kind, faults, left)),
		]),
		"",
		`After a kill: p95 ${p95} ms, asked for are ${maxRecoveryMs}: ${p95 <= maxRecoveryMs ? "met" : "**missed**"}. The delays that double with each crash within three minutes, up to the fifth, after which the other model takes over or somebody restarts the engine, are part of it.`,
		"",
		...table([
			["outcome", "requests"],
			...Object.entries(findings.outcomes).map(([name, count]) => [name, String(count)]),
		]),
		"",
		"## What this process holds",
		"",
		"With every window closed, before the faults and after them, each behind the same work. The lines below “resident” are read a moment later and add up to it, but for some MB: the kernel's own sum is an approximate one.",
		"",
		...resourceTable(resources, samples),
		"",
		engine.length === 0
			? "No engine's memory was seen."
			: `Engines took ${mb(Math.min(...engine))} to ${mb(Math.max(...engine))} MB (${engine.length} looks).`,
		"",
		violations.length === 0
			? "Nothing that must never be was seen."
			: `**What must never be:**\n\n${violations.map((violation) => `- ${violation}`).join("\n")}`,
		"",
		...networkSection(findings.network),
		"## The log",
		"",
		"What it said most, with names and figures left out:",
		"",
		...table([
			["level", "sentence", "count"],
			...findings.log
				.slice(0, 25)
				.map(({ level, sentence, count }) => [
					level,
					sentence.replaceAll("|", "\\|"),
					String(count),
				]),
		]),
		"",
	].join("\n");
}

function rowOf(
	kind: FaultKind,
	faults: readonly FaultResult[],
	left: SoakFindings["left"],
): readonly string[] {
	const times = timesOf(faults, kind);
	const why = left.find((other) => other.kind === kind)?.why;
	if (times.length === 0) {
		return [kind, why === undefined ? "0" : `left out: ${why}`, "", "", ""];
	}
	const at = (share: number): string => percentile(times, share).toFixed(0);
	return [kind, String(times.length), at(0.5), at(0.95), at(1)];
}

function timesOf(faults: readonly FaultResult[], kind: FaultKind): readonly number[] {
	return faults
		.filter((fault) => fault.kind === kind && !fault.detail.startsWith(nothingKept))
		.map(({ recoveryMs }) => recoveryMs);
}

function mb(bytes: number): string {
	return (bytes / 2 ** 20).toFixed(1);
}
