import type { IndexedSymbol, IndexQueries } from "../index/repositoryIndex.ts";
import type { RememberedRepository } from "./rememberedRepository.ts";
import { NameTable } from "./nameTable.ts";
import type { CursorScope } from "./cursorScope.ts";
import { TypeGuesser } from "./declaredTypes.ts";
import { isTellingName } from "./identifiers.ts";
import { languageFamily } from "./languageFamily.ts";
import { markNearbyMembers, markReceiverNames } from "./memberNames.ts";
import { folderPrefixOf, relatedFiles, type RelatedFiles } from "./relatedFiles.ts";
import { markSimilarText, type SimilarChunk } from "./similarText.ts";

export interface GatheredNames {
	readonly names: NameTable;
	readonly chunks: readonly SimilarChunk[];
	readonly related: RelatedFiles;
}

/** How much is looked at: more for larger budgets, which have more room and more time. */
export interface GatherLimits {
	/** Chunks of similar text. */
	readonly chunks: number;
	/** Symbols of related files that become candidates, the closest files first. */
	readonly relatedSymbols: number;
}

/** Lines above the cursor whose names are wanted with their definitions. */
const linesAbove = 24;

/** A name that more files define is as good as undefined. */
const maxDefiners = 24;

/** Collects every name that may come next, with what speaks for it. */
export function gatherNames(
	repository: RememberedRepository,
	scope: CursorScope,
	limits: GatherLimits,
	changedTogether: ReadonlyMap<string, number>,
): GatheredNames {
	const { index } = repository;
	repository.bringUpToDate();
	const names = new NameTable(repository.namesFor(scope.languageId));
	const guesser = new TypeGuesser(index, scope);
	markReceiverNames(index, scope, guesser, names);
	markNearbyMembers(index, scope, guesser, names);
	const chunks = markSimilarText(repository, scope, names, limits.chunks);
	const related = relatedFiles(repository, scope.path, changedTogether);
	for (const name of scope.below.keys()) {
		if (isTellingName(name)) {
			names.of(name);
		}
	}
	for (const [name, distance] of scope.above) {
		if (distance <= linesAbove && isTellingName(name)) {
			names.of(name);
		}
	}
	markRelatedSymbols(index, scope, names, related, limits.relatedSymbols);
	attachDefinitions(scope, names, related);
	return { names, chunks, related };
}

/** Makes what related files define candidates, the closest files first. */
function markRelatedSymbols(
	index: IndexQueries,
	scope: CursorScope,
	names: NameTable,
	related: RelatedFiles,
	limit: number,
): void {
	const family = languageFamily(scope.languageId);
	const files = [...related.values()]
		.filter(({ path }) => family.includes(index.file(path)?.languageId ?? ""))
		.sort((a, b) => b.closeness - a.closeness || (a.path < b.path ? -1 : 1));
	let left = limit;
	for (const { path, closeness } of files) {
		if (left <= 0) {
			return;
		}
		// In Go, names in lower case aren't seen from other folders.
		const isHidden =
			scope.languageId === "go" && folderPrefixOf(path) !== folderPrefixOf(scope.path)
				? /^[a-z_]/
				: /^$/;
		for (const symbol of index.symbolsOf(path).slice(0, left)) {
			const { name } = symbol;
			if (isTellingName(name) && !isHidden.test(name)) {
				left--;
				if (!names.has(name)) {
					// Nothing else speaks for it, so looking for more definitions isn't worth the time.
					const entry = names.of(name);
					entry.definitions = [symbol];
					entry.fileCloseness = closeness;
				}
			}
		}
	}
}

function attachDefinitions(scope: CursorScope, names: NameTable, related: RelatedFiles): void {
	const closeness = (path: string): number => related.get(path)?.closeness ?? 0;
	for (const entry of names.entries()) {
		if (entry.definitions.length > 0) {
			continue;
		}
		const candidates = withoutFile(entry.known.definitions, scope.path);
		if (candidates.length > 0 && candidates.length <= maxDefiners) {
			entry.definitions =
				candidates.length === 1
					? candidates
					: candidates.toSorted((a, b) => closeness(b.path) - closeness(a.path));
			entry.fileCloseness = closeness(entry.definitions[0]?.path ?? "");
		}
	}
}

/** Nearly always the same list. */
function withoutFile(symbols: readonly IndexedSymbol[], file: string): readonly IndexedSymbol[] {
	return symbols.some(({ path }) => path === file)
		? symbols.filter(({ path }) => path !== file)
		: symbols;
}
