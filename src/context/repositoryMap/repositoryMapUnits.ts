import type { IndexQueries } from "../index/repositoryIndex.ts";
import type { Unit } from "../packing/unit.ts";
import type { SignatureUnits } from "../packing/signatureUnits.ts";
import type { CursorScope } from "../sources/cursorScope.ts";
import type { GatheredNames } from "../sources/gatherNames.ts";
import { repositoryMap } from "./repositoryMap.ts";

/** Worth of a signature in the file of the highest rank: less than that of any name that is likely here. */
const mapWorth = 0.001;
/** Tokens of an average signature. */
const signatureTokens = 12;

/** Signatures of the files that matter most seen from the document, as many as the budget may hold. */
export function repositoryMapUnits(
	index: IndexQueries,
	scope: CursorScope,
	gathered: GatheredNames,
	budgetTokens: number,
	known: readonly Unit[],
	signatures: SignatureUnits,
): readonly Unit[] {
	const isKnown = new Set(known.map(keyOf));
	const seeds = new Map([[scope.path, 1]]);
	for (const { path, closeness } of gathered.related.values()) {
		seeds.set(path, closeness / 4);
	}
	const files = repositoryMap(index, {
		seeds,
		languageId: scope.languageId,
		maxExpanded: Math.min(120, Math.floor(budgetTokens / 400)),
	});
	const limit = Math.floor(budgetTokens / signatureTokens);
	const units: Unit[] = [];
	for (const { path, rank } of files) {
		if (units.length >= limit) {
			break;
		}
		if (path === scope.path) {
			continue;
		}
		for (const symbol of index.symbolsOf(path)) {
			const unit = signatures.of(symbol, "repositoryMap", mapWorth * rank);
			if (unit !== undefined && !isKnown.has(keyOf(unit))) {
				units.push(unit);
			}
		}
	}
	return units;
}

function keyOf({ path, startLine, defines }: Unit): string {
	return `${startLine}:${defines[0] ?? ""}:${path}`;
}
