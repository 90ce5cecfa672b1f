import {
	createContextEngine,
	type CollectedContext,
	type ContextEngine,
} from "../../src/context/contextEngine.ts";
import { languageIdOfPath } from "../../src/context/files/languageIds.ts";
import type { IndexQueries } from "../../src/context/index/repositoryIndex.ts";
import type { ContextQuery } from "../../src/context/source.ts";
import { cursorFile } from "./fixture.ts";
import { withIndexOf } from "./indexedFolder.ts";

/** One token for three characters: no model is needed to hold a budget. */
export const countTokens = (text: string): number => Math.ceil(text.length / 3);
export const headerTokens = (path: string): number => countTokens(path) + 2;

/** The context for the cursor of a fixture, whose other files are the repository. */
export function contextAt(
	fixture: string,
	query: Partial<ContextQuery> = {},
): Promise<CollectedContext> {
	return withIndexOf(fixture, (index) => collectAt(index, fixture, query));
}

export function collectAt(
	index: IndexQueries,
	fixture: string,
	query: Partial<ContextQuery> = {},
): Promise<CollectedContext> {
	return contextEngineOn(index).collect(queryAt(fixture, query), new AbortController().signal);
}

export function contextEngineOn(index: IndexQueries): ContextEngine {
	return createContextEngine({ index, countTokens, headerTokens });
}

/** What is asked at the cursor of a fixture. */
export function queryAt(fixture: string, query: Partial<ContextQuery> = {}): ContextQuery {
	const { path, text, offset } = cursorFile(fixture);
	return {
		path,
		languageId: languageIdOfPath(path),
		text,
		offset,
		recentEdits: [],
		openFiles: [],
		budgetTokens: 500,
		...query,
	};
}
