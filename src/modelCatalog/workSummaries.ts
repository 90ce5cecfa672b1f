import { basename } from "node:path";
import { cudaRuntime } from "../model/cudaRuntime.ts";
import { cudaKey, importedPath, type CatalogFacts } from "./catalogFacts.ts";
import { modelIdOf, modelRowId } from "./catalogRows.ts";
import { fractionOf, pausedState, percentText, workingState, type Progress } from "./workText.ts";

/** What is being installed, or was begun, for a menu: one line each. */
export interface WorkSummary {
	readonly rowId: string;
	readonly kind: "working" | "paused" | "failed";
	/** The model, and how far it is. */
	readonly label: string;
	readonly detail: string;
}

export function workSummaries(facts: CatalogFacts): readonly WorkSummary[] {
	const { suggestions, works, library, cuda } = facts;
	const nameOf = (key: string): string => {
		if (key === cudaKey) {
			return cudaRuntime.name;
		}
		const path = importedPath(key);
		return path === undefined
			? (suggestions.find((one) => modelIdOf(one) === key)?.name ?? key.replace("--", "/"))
			: basename(path);
	};
	const rowIdOf = (key: string): string =>
		key === cudaKey || importedPath(key) !== undefined ? key : modelRowId(key);
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
	const pausedAt = (
		key: string,
		progress: Progress,
		missing: "converted" | "unpacked",
	): readonly WorkSummary[] => {
		if (works.has(key)) {
			return [];
		}
		const label = `Resume ${nameOf(key)}: paused at ${percentText(fractionOf(progress))}`;
		const detail = pausedState(progress, missing).text;
		return [{ rowId: rowIdOf(key), kind: "paused", label, detail }];
	};
	return [
		...atWork,
		...(library?.entries ?? []).flatMap((entry) =>
			entry.kind === "unfinished" ? pausedAt(entry.id, entry, "converted") : [],
		),
		...(cuda.runtime.kind === "unfinished" ? pausedAt(cudaKey, cuda.runtime, "unpacked") : []),
	];
}
