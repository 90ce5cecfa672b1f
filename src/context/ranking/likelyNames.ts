import type { NameEvidence, NameTable } from "../sources/nameTable.ts";
import type { CursorScope } from "../sources/cursorScope.ts";
import { cursorWords, featureNames, fillFeatures } from "./nameFeatures.ts";
import { nameWeights } from "./nameWeights.ts";

/**
 * Odds that a name gains by beginning with what is typed at the cursor, and loses otherwise. Not fitted: most
 * people type the beginning of the name that they mean.
 */
const partialFactor = 50;

/**
 * Gives every name of the table the probability that the code at the cursor uses it and that above doesn't.
 * Returns them, the likeliest first; ties by name.
 */
export function likelyNames(scope: CursorScope, names: NameTable): readonly NameEvidence[] {
	const words = cursorWords(scope);
	const weightOf = scope.receiver === undefined ? nameWeights.elsewhere : nameWeights.afterReceiver;
	const weights = Float64Array.from(featureNames, (feature) => weightOf[feature]);
	const row = new Float64Array(featureNames.length);
	const partial = scope.partial.toLowerCase();
	const likely = [...names.entries()];
	for (const evidence of likely) {
		fillFeatures(row, evidence, scope, words);
		let sum = 0;
		for (let at = 0; at < row.length; at++) {
			sum += (row[at] ?? 0) * (weights[at] ?? 0);
		}
		if (partial !== "" && scope.lineNames.at(-1) === scope.partial) {
			const fits = evidence.name.toLowerCase().startsWith(partial);
			sum += fits ? Math.log(partialFactor) : -Math.log(partialFactor) / 2;
		}
		evidence.probability = 1 / (1 + Math.exp(-sum));
	}
	return likely.sort((a, b) => b.probability - a.probability || (a.name < b.name ? -1 : 1));
}
