import { table } from "./markdownTable.ts";
import { countNames, isNothing, type NetworkCounts } from "./networkCounts.ts";
import type { WatchedNetwork } from "./networkWatch.ts";
import type { NetworkFindings } from "./ownNetwork.ts";

/** Enough to see what they have in common. */
const mostListed = 25;

/** What must never be, in sentences. */
export function networkViolations(findings: NetworkFindings): readonly string[] {
	if (findings.kind === "shared") {
		return [];
	}
	const { counts, increases, sockets } = findings;
	return [
		...(isNothing(counts)
			? []
			: [`Something went to a network: ${said(counts)} (${listed(increases.map(putDown))}).`]),
		...(sockets.length === 0 ? [] : [`There were sockets of a network: ${listed(sockets)}.`]),
	];
}

/** Of the report, as lines of Markdown. */
export function networkSection(findings: NetworkFindings): readonly string[] {
	const title = ["## Outgoing connections", ""];
	if (findings.kind === "shared") {
		return [...title, `Not counted here: ${findings.why}.`, ""];
	}
	const { counts, counted, blind, increases, sockets, looks } = findings;
	const seen = (count: number): string => (count === 0 ? "none" : `**${count}**`);
	return [
		...title,
		...table([
			[
				"every process of the run, from before the first window to behind the last",
				"asked for",
				"seen",
			],
			...kindsOf(counts).map((kind) => [countNames[kind], "none", seen(counts[kind])]),
			["different sockets of IP, of whatever state", "none", seen(sockets.length)],
		]),
		"",
		...increases.slice(0, mostListed).map((increase) => `- ${putDown(increase)}`),
		...sockets.slice(0, mostListed).map((socket) => `- ${socket}`),
		...(increases.length + sockets.length === 0 ? [] : [""]),
		"The run was in a network namespace of its own, which has a loopback and no way out, so that whatever wants to leave is refused. The " +
			"kernel counts there, for processes that were killed too. Attempts of these kinds were made in another such namespace " +
			`before, and each was counted: ${counted.join(", ")}.` +
			(blind.length === 0 ? "" : ` **Not counted on this system: ${blind.join(", ")}.**`) +
			` Sockets were looked for ${looks} times; one that came and went between two looks shows only by what it sent. What this can't ` +
			"tell: what another program of the machine does for one that asks it through a Unix socket, and an attempt that is refused " +
			"before a way is looked for, as that of a raw socket without one.",
		"",
	];
}

function putDown({ during, counts }: WatchedNetwork["increases"][number]): string {
	return `during ${during}: ${said(counts)}`;
}

function said(counts: NetworkCounts): string {
	return kindsOf(counts)
		.filter((kind) => counts[kind] !== 0)
		.map((kind) => `${counts[kind]} ${countNames[kind]}`)
		.join(", ");
}

function listed(all: readonly string[]): string {
	const left = all.length - mostListed;
	return [...all.slice(0, mostListed), ...(left > 0 ? [`and ${left} more`] : [])].join("; ");
}

function kindsOf(counts: NetworkCounts): readonly (keyof NetworkCounts)[] {
	return Object.keys(countNames).filter((name): name is keyof NetworkCounts =>
		Object.hasOwn(counts, name),
	);
}
