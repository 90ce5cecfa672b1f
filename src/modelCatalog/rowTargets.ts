import { UserError } from "../base/userError.ts";
import type { Suggestion } from "../modelLibrary/suggestions.ts";
import type { ModelSource } from "./catalogEditor.ts";
import { cudaKey, importKey, type LibraryFacts } from "./catalogFacts.ts";
import { modelIdOf, type RowTarget } from "./catalogRows.ts";

/** Where a model is that can be used. Throws a UserError where it isn't there any more. */
export function sourceOf(target: RowTarget, library: LibraryFacts | undefined): ModelSource {
	switch (target.kind) {
		case "server":
		case "folder":
			return target;
		case "import":
		case "runtime":
			throw goneError();
		case "model": {
			const entry = library?.entries.find(({ id }) => id === target.modelId);
			if (entry?.kind !== "installed") {
				throw goneError();
			}
			return { kind: "folder", folder: entry.folder };
		}
	}
}

/** "owner/name" on the hub; undefined for what isn't from there. */
export function repositoryOf(
	target: RowTarget,
	suggestions: readonly Suggestion[],
	library: LibraryFacts | undefined,
): string | undefined {
	if (target.kind !== "model") {
		return undefined;
	}
	const entry = library?.entries.find(({ id }) => id === target.modelId);
	const suggestion = suggestions.find((one) => modelIdOf(one) === target.modelId);
	return suggestion?.repository ?? (entry?.kind === "unfinished" ? entry.repository : undefined);
}

/** What {@link import("./catalogFacts.ts").CatalogFacts.works} has a row's work under. */
export function workKey(target: RowTarget): string {
	switch (target.kind) {
		case "model":
			return target.modelId;
		case "import":
			return importKey(target.path);
		case "runtime":
			return cudaKey;
		case "folder":
			return target.folder;
		case "server":
			return target.address;
	}
}

function goneError(): UserError {
	return new UserError("notInstalled", "This model isn't there any more; look at the list again.");
}
