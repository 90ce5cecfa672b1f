import { PricedNames } from "../packing/pricedNames.ts";
import type { CursorScope } from "../sources/cursorScope.ts";
import type { NameEvidence } from "../sources/nameTable.ts";

/**
 * What the definition of a name is worth that the text at the cursor uses already: its parameters and its
 * type decide what is written next to it, although the name itself isn't needed. Falls with the distance.
 */
const useWorth = 0.15;
const useDistance = 4;
const useLines = 24;

/** Thousands of names have hardly any; leaving them out makes packing faster and changes nothing. */
const leastWorth = 1e-5;

/** What each name is worth as a mention and as a definition, by its probability. */
export function nameWorths(likely: readonly NameEvidence[], scope: CursorScope): PricedNames {
	const worths = new PricedNames(likely.length);
	for (const { name, probability, definitions } of likely) {
		const above = scope.above.get(name);
		const use =
			above === undefined || above > useLines || definitions.length > 3
				? 0
				: useWorth / (1 + above / useDistance);
		if (probability + use < leastWorth) {
			continue;
		}
		worths.add(name, probability, probability + use);
	}
	return worths;
}
