import type { SilenceStep } from "../../completion/silenceSteps.ts";
import type { EngineStatus } from "../chosenModel.ts";
import { plainWords, type PrivateNames } from "./plainWords.ts";
import type { Problem } from "./recentProblems.ts";

/** What a report is made of. Only what is named here can get into one. */
export interface DiagnosticsFacts {
	readonly versions: {
		readonly mote: string;
		/** The editor's name and version. */
		readonly editor: string;
		readonly node: string;
	};
	readonly machine: {
		/** `linux x64 6.8.0` */
		readonly system: string;
		/** As the processor calls itself. */
		readonly processor: string;
		readonly cores: number;
		readonly memoryBytes: number;
		/** Of the machine, or of the container that this runs in. */
		readonly usableMemoryBytes: number;
		/** The kind of a remote host, `ssh-remote`; undefined on the machine itself. */
		readonly remote: string | undefined;
	};
	readonly engine: EngineStatus;
	/** Names of the models that ship: those of others are their owners' business. */
	readonly bundledModels: readonly string[];
	readonly isTrusted: boolean;
	readonly server: "none" | "this machine" | "another machine";
	readonly changedSettings: readonly string[];
	/** Of the last request that gave nothing. */
	readonly lastSilence: readonly SilenceStep[];
	readonly problems: readonly Problem[];
	readonly nowMs: number;
	readonly privateNames: PrivateNames;
}

/** A report that can be pasted anywhere: no path, no name of a file or a server, and no text of a document is in it. */
export function diagnosticsReport(facts: DiagnosticsFacts): string {
	const { versions, machine, isTrusted, server, changedSettings, lastSilence, problems } = facts;
	const words = (text: string): string => plainWords(text, facts.privateNames);
	const section = (title: string, lines: readonly string[]): string[] => [
		"",
		`## ${title}`,
		"",
		...(lines.length === 0 ? ["- none"] : lines.map((line) => `- ${line}`)),
	];
	return [
		"# Diagnostics of Mote",
		"",
		"No code, no path, no name of a file or of a server is in this report; “…” stands where something was taken out.",
		...section("Versions", [
			`Mote ${inertLine(versions.mote)}`,
			inertLine(versions.editor),
			`Node ${inertLine(versions.node)}`,
		]),
		...section("Machine", [
			inertLine(machine.system),
			`${inertLine(machine.processor)}, ${machine.cores} cores`,
			`${gigabytes(machine.memoryBytes)} of memory, ${gigabytes(machine.usableMemoryBytes)} of them for this`,
			remoteHost(machine.remote),
		]),
		...section("Model", engineLines(facts, words)),
		...section("Surroundings", [
			isTrusted ? "a workspace that is trusted" : "a workspace that isn't trusted",
			`server: ${server}`,
		]),
		...section("Settings that differ from their defaults", changedSettings.map(inertLine)),
		...section(
			"The last request that gave nothing",
			lastSilence.map(({ state, text }) => `${state === "stopped" ? "✗" : "✓"} ${words(text)}`),
		),
		...section(
			"What went wrong last",
			problems.map(
				({ level, message, atMs }) => `${level}, ${ago(facts.nowMs - atMs)}: ${words(message)}`,
			),
		),
		"",
	].join("\n");
}

function engineLines(
	{ engine, bundledModels }: DiagnosticsFacts,
	words: (text: string) => string,
): readonly string[] {
	switch (engine.kind) {
		case "starting":
			return ["being loaded"];
		case "resting":
			return ["unloaded, since nobody was there for a while"];
		case "failed":
			return [`failed: ${words(engine.message)}`];
		case "ready": {
			const { name, backendName, because } = engine.model;
			return [
				bundledModels.includes(name) ? name : "a model of the user's own",
				`runs on: ${words(backendName)}`,
				...(because === undefined ? [] : [`because: ${words(because.sentence)}`]),
			];
		}
	}
}

/** Of what systems and programs call themselves: names of processors have brackets and signs that no sentence has. */
function inertLine(text: string): string {
	return text
		.replaceAll(/[^\p{L}\p{N} .,:()@+_-]/gu, " ")
		.replaceAll(/\s+/g, " ")
		.trim()
		.slice(0, 120);
}

/** What hosts are called that come with the editor; others may be called by their address. */
const remoteKinds: ReadonlySet<string> = new Set([
	"attached-container",
	"codespaces",
	"dev-container",
	"ssh-remote",
	"tunnel",
	"wsl",
]);

function remoteHost(remote: string | undefined): string {
	return remote === undefined
		? "no remote host"
		: `remote host: ${remoteKinds.has(remote) ? remote : "of another kind"}`;
}

function gigabytes(bytes: number): string {
	return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

function ago(ms: number): string {
	const minutes = Math.floor(ms / 60_000);
	return minutes < 1 ? "less than a minute ago" : `${minutes} min ago`;
}
