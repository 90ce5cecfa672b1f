import { assert } from "../../src/base/assert.ts";
import { placeOf, type CompletionPlace } from "../../src/completion/completionPlace.ts";
import { cursorFile } from "./fixture.ts";

/** The place of the `║` in a fixture of one file. */
export function placeAt(fixture: string): CompletionPlace {
	const { path, text, offset } = cursorFile(fixture);
	const result = placeOf({ path, languageId: "typescript", text, offset, trigger: "automatic" });
	assert(result.kind === "place", "the fixture has a place for a completion");
	return result.place;
}
