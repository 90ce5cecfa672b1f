import { setImmediate as otherWork } from "node:timers/promises";
import { languageIdOfPath } from "../files/languageIds.ts";
import type { RepositoryIndex } from "../index/repositoryIndex.ts";
import { languageFamily } from "../sources/languageFamily.ts";
import { isUseOf, mayUse, meaningOf, type ChangedName, type Meaning } from "./changedName.ts";

export interface UsesQuery {
	/** Of the edited document. */
	readonly path: string;
	/** As it stands in the editor. */
	readonly text: string;
	readonly names: readonly ChangedName[];
}

/** A place that means what was changed. The line counts from 0, the column in UTF-16 units. */
export interface NameUse {
	readonly name: string;
	readonly line: number;
	readonly column: number;
}

export interface UsingFile {
	readonly path: string;
	/** VS Code's language id. */
	readonly languageId: string;
	/** As it was indexed: what isn't saved is in it, and line breaks are as they are in the file. */
	readonly text: string;
	readonly uses: readonly NameUse[];
}

/** Plain data, every part of it bounded. */
export interface UsesElsewhere {
	/** Those that import from the document first, then by path. */
	readonly files: readonly UsingFile[];
	/** Files that may use a name and weren't read, because there are too many or they are too large. */
	readonly unreadFiles: number;
}

/** The same, and how much of the repository had been read by then. */
export interface KnownUses extends UsesElsewhere {
	/** False while files are still being read: what is missing may be there later. */
	readonly isComplete: boolean;
}

/** What one question may take: names that are looked up, files that are parsed, bytes of each, UTF-16 units of all. */
export const usesLimits = {
	names: 8,
	files: 20,
	fileBytes: 200_000,
	units: 1_000_000,
} as const;

/**
 * Where other files of the repository use what was changed in a document: a definition that got another name or takes other things, or an
 * imported name that another one of the same module took the place of. Only what imports and definitions lead to counts, never a name's
 * spelling alone. Gives the thread back between files; empty after an abort.
 */
export async function usesElsewhere(
	{ path, text, names }: UsesQuery,
	index: RepositoryIndex,
	signal: AbortSignal,
): Promise<UsesElsewhere> {
	const analysed = await index.analyse(path, text);
	const meanings = names
		.slice(0, usesLimits.names)
		.flatMap((changed) => meaningOf(changed, { path, ...analysed }, index) ?? []);
	const candidates = filesMentioning(meanings, path, index);
	const files: UsingFile[] = [];
	let [read, passedOver, units] = [0, 0, 0];
	for (const candidate of candidates) {
		const bytes = index.file(candidate)?.size ?? Infinity;
		if (read >= usesLimits.files || units >= usesLimits.units || signal.aborted) {
			break;
		}
		if (bytes > usesLimits.fileBytes) {
			continue;
		}
		read++;
		const using = await usesIn(candidate, meanings, index);
		if (using === undefined) {
			passedOver++;
		} else {
			units += using.text.length;
			files.push(...(using.uses.length > 0 ? [using] : []));
		}
		// Completions are asked for in the same thread.
		await otherWork();
	}
	return signal.aborted
		? { files: [], unreadFiles: 0 }
		: { files, unreadFiles: candidates.length - read + passedOver };
}

function filesMentioning(
	meanings: readonly Meaning[],
	path: string,
	index: RepositoryIndex,
): readonly string[] {
	const family = languageFamily(languageIdOfPath(path));
	const paths = new Set(
		meanings.flatMap((meaning) =>
			index
				.referencesTo(meaning.name)
				.map((reference) => reference.path)
				.filter(
					(other) =>
						other !== path &&
						family.includes(languageIdOfPath(other)) &&
						mayUse(other, meaning, index),
				),
		),
	);
	const importing = new Set(index.importersOf(path));
	return [...paths].sort(
		(a, b) => +importing.has(b) - +importing.has(a) || (a < b ? -1 : a > b ? 1 : 0),
	);
}

/** Undefined for a file whose text isn't kept, or can't be parsed now. */
async function usesIn(
	path: string,
	meanings: readonly Meaning[],
	index: RepositoryIndex,
): Promise<UsingFile | undefined> {
	const text = index.textOf(path, 0, Number.MAX_SAFE_INTEGER);
	if (text === undefined) {
		return undefined;
	}
	const here = meanings.filter((meaning) => mayUse(path, meaning, index));
	const mentions = await index.mentionsIn(path, text, {
		names: new Set(here.map(({ name }) => name)),
	});
	if (mentions === undefined) {
		return undefined;
	}
	const uses = mentions
		.filter((mention) =>
			here.some(
				(meaning) => meaning.name === mention.name && isUseOf(meaning, mention, path, index),
			),
		)
		.map(({ name, line, column }) => ({ name, line, column }));
	return { path, languageId: languageIdOfPath(path), text, uses };
}
