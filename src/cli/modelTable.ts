import { byteText } from "../base/byteText.ts";
import { fitOf, type MachineCapacity } from "../modelLibrary/machineFit.ts";
import type { InstallStep, LibraryEntry } from "../modelLibrary/modelLibrary.ts";
import { needsOf, obstacleTo, type Suggestion } from "../modelLibrary/suggestions.ts";
import type { ProgressState } from "./progressBar.ts";

export interface ModelTable {
	readonly entries: readonly LibraryEntry[];
	readonly suggestions: readonly Suggestion[];
	readonly machine: MachineCapacity;
	readonly importable: ReadonlySet<string>;
}

/** What is installed, what was begun, and what could be, as lines of text. */
export function modelTable({ entries, suggestions, machine, importable }: ModelTable): string {
	const installed = entries.length === 0 ? ["  none"] : entries.flatMap(entryLines);
	const suggested = suggestions.flatMap((suggestion) =>
		suggestionLines(suggestion, machine, importable),
	);
	return ["Installed", ...installed, "", "Suggested", ...suggested, ""].join("\n");
}

function entryLines(entry: LibraryEntry): readonly string[] {
	switch (entry.kind) {
		case "installed": {
			const { id, bytes, folder, manifest } = entry;
			const abilities = abilitiesText(manifest.fim !== undefined, manifest.chat !== undefined);
			const facts = [byteText(bytes), `${manifest.contextLength} tokens`, abilities];
			return [`  ${id}: ${facts.join(", ")}, ${manifest.license}`, `    ${folder}`];
		}
		case "unusable":
			return [`  ${entry.id}: ${byteText(entry.bytes)}, can't be used`, `    ${entry.problem}`];
		case "unfinished":
			return [
				`  ${entry.id}: ${byteText(entry.doneBytes)} of ${byteText(entry.totalBytes)} so far`,
				`    mote models resume ${entry.repository} goes on`,
			];
	}
}

function suggestionLines(
	suggestion: Suggestion,
	machine: MachineCapacity,
	importable: ReadonlySet<string>,
): readonly string[] {
	const { id, name, repository, download, license, contextTokens, fim, chat, verified } =
		suggestion;
	const about = download.basis === "computed" ? "about " : "";
	const facts = [
		`${about}${byteText(download.bytes)} to fetch`,
		...(contextTokens === undefined ? [] : [`${contextTokens} tokens`]),
		abilitiesText(fim !== null, chat),
		license,
		verified === null ? "not tried with Mote" : `tried ${verified.date}`,
	];
	const obstacle = obstacleTo(suggestion, importable);
	const fit = fitOf(name, needsOf(suggestion), machine);
	const verdict =
		obstacle === undefined
			? fit.kind === "fits"
				? "This machine is large enough for it."
				: fit.sentence
			: `Not yet: ${obstacle}.`;
	return [`  ${id} (${repository}): ${facts.join(", ")}`, `    ${verdict}`];
}

function abilitiesText(fillsIn: boolean, converses: boolean): string {
	const abilities = [...(fillsIn ? ["completes"] : []), ...(converses ? ["converses"] : [])];
	return abilities.length === 0 ? "continues text" : abilities.join(" and ");
}

/** A step of an installation for a progress bar; undefined where nothing can be measured. */
export function stepProgress(step: InstallStep): ProgressState | undefined {
	switch (step.kind) {
		case "waiting":
		case "listing":
			return undefined;
		case "checking":
		case "downloading": {
			const { doneBytes: done, totalBytes: total } = step;
			return { done, total, text: `${byteText(done)} of ${byteText(total)}` };
		}
		case "converting":
			return { done: step.fraction, total: 1, text: "converted" };
	}
}
