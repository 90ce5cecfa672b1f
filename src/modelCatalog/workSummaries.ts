import { basename } from "node:path";
import { importedPath, type CatalogFacts } from "./catalogFacts.ts";
import { modelIdOf, modelRowId } from "./catalogRows.ts";
import { fractionOf, pausedState, percentText, workingState } from "./workText.ts";

/** What is being installed, or was begun, for a menu: one line each. */
export interface WorkSummary {
	readonly rowId: string;
	readonly kind: "working" | "paused" | "failed";
	/** The model, and how far it is. */
	readonly label: string;
	readonly detail: string;
}

export function workSummaries(facts: CatalogFacts): readonly WorkSummary[] {
	const { suggestions, works, library } = facts;
	const nameOf = (key: string): string => {
		const path = importedPath(key);
		return path === undefined
			? (suggestions.find((one) => modelIdOf(one) === key)?.name ?? key.replace("--", "/"))
			: basename(path);
	};
	const rowIdOf = (key: string): string =>
		importedPath(key) === undefined ? modelRowId(key) : key;
	const atWork = [...works].map(([key, work]): WorkSummary => {
		const rowId = rowIdOf(key);
		if (work.kind === "paused") {
			return { rowId, kind: "paused", label: `Resume ${nameOf(key)}: paused`, detail: "" };
		}
		if (work.kind === "failed") {
			return { rowId, kind: "failed", label: nameOf(key), detail: work.sentence };
		}
		const { text, fraction } = workingState(work.step, work.bytesPerSecond);
		const far = fraction === undefined ? "" : `: ${percentText(fraction)}`;
		return { rowId, kind: "working", label: `${nameOf(key)}${far}`, detail: text };
	});
	const paused = (library?.entries ?? []).flatMap((entry): readonly WorkSummary[] => {
		if (entry.kind !== "unfinished" || works.has(entry.id)) {
			return [];
		}
		const far = percentText(fractionOf(entry));
		const label = `Resume ${nameOf(entry.id)}: paused at ${far}`;
		return [
			{ rowId: modelRowId(entry.id), kind: "paused", label, detail: pausedState(entry).text },
		];
	});
	return [...atWork, ...paused];
}
