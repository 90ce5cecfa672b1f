import type { NameWorth } from "../packing/pricedNames.ts";
import type { CursorScope } from "../sources/cursorScope.ts";
import type { LikelyName } from "./likelyNames.ts";

/**
 * What the definition of a name is worth that the text at the cursor uses already: its parameters and its
 * type decide what is written next to it, although the name itself isn't needed. Falls with the distance.
 */
const useWorth = 0.15;
const useDistance = 4;
const useLines = 24;

/** Thousands of names have hardly any; leaving them out makes packing faster and changes nothing. */
const leastWorth = 1e-5;

/** What each name is worth as a mention and as a definition. */
export function nameWorths(
	likely: readonly LikelyName[],
	scope: CursorScope,
): ReadonlyMap<string, NameWorth> {
	const worths = new Map<string, NameWorth>();
	for (const { evidence, probability } of likely) {
		const above = scope.above.get(evidence.name);
		const use =
			above === undefined || above > useLines || evidence.definitions.length > 3
				? 0
				: useWorth / (1 + above / useDistance);
		if (probability + use < leastWorth) {
			continue;
		}
		worths.set(evidence.name, { mention: probability, definition: probability + use });
	}
	return worths;
}
