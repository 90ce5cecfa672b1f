import { assert } from "../../src/base/assert.ts";
import { completionAt, placeOf } from "../../src/completion/completionPlace.ts";
import type { CompletionRequest } from "../../src/completion/completionProvider.ts";
import { filterAfterCache, filterBeforeCache } from "../../src/completion/filters/index.ts";

/**
 * The document after `text`, what a model wrote at the `║` of `fixture`, was accepted; undefined where a filter
 * rejected it.
 */
export function accepted(
	languageId: string,
	fixture: string,
	text: string,
	trigger: CompletionRequest["trigger"] = "automatic",
): string | undefined {
	const offset = fixture.indexOf("║");
	const document = fixture.replace("║", "");
	const located = placeOf({ path: "a", languageId, text: document, offset, trigger });
	assert(located.kind === "place", "the fixture has a place for a completion");
	const kept = filterBeforeCache(text, located.place);
	const fitted = kept === undefined ? undefined : filterAfterCache(kept, located.place);
	if (fitted === undefined) {
		return undefined;
	}
	const { text: shown, replaceAfter } = fitted;
	const { insertText, replace } = completionAt(located.place, shown, replaceAfter, "model");
	return document.slice(0, replace.start) + insertText + document.slice(replace.end);
}
