import {
	explicitImports,
	folderOf,
	isMemberSymbol,
	sharedFolders,
} from "../explanation/resolveName.ts";
import { languageIdOfPath } from "../files/languageIds.ts";
import type {
	AnalysedText,
	IndexedImport,
	IndexedSymbol,
	IndexQueries,
} from "../index/repositoryIndex.ts";
import { isTellingName, splitWords } from "../sources/identifiers.ts";
import { languageFamily } from "../sources/languageFamily.ts";
import type { NameMention } from "../syntax/nameMentions.ts";

/** A name that edits of a document have to do with. Plain data: it crosses threads. */
export interface ChangedName {
	/** As other files still write it. */
	readonly name: string;
	/** What the edits have put in its place; undefined where the name stays, and what it takes has changed. */
	readonly next: string | undefined;
	/** Of the document as it is now, where those edits were made. */
	readonly lines: readonly number[];
	/** Whether several edits have put the one for the other. */
	readonly isRepeated: boolean;
}

/** What a changed name means to other files. */
export type Meaning =
	| {
			readonly kind: "definition";
			readonly name: string;
			/** As it is defined now. */
			readonly symbol: Omit<IndexedSymbol, "path">;
			readonly path: string;
			/** Whether nothing else of the repository is defined under the name. */
			readonly isOnly: boolean;
	  }
	/** It is no more imported from there, but another name is. */
	| { readonly kind: "import"; readonly name: string; readonly from: IndexedImport };

/** The edited document, as it is now. */
export interface EditedFile extends AnalysedText {
	readonly path: string;
}

type Definitions = Pick<IndexQueries, "definitionsOf">;
type Files = Pick<IndexQueries, "importsOf" | "symbolsOf">;

/** What other files may know a changed name as; undefined where nothing but its spelling would lead to them. */
export function meaningOf(
	changed: ChangedName,
	file: EditedFile,
	index: Definitions,
): Meaning | undefined {
	const { name, next, lines } = changed;
	const { path, facts, imports } = file;
	const isStillHere = facts.symbols.some((symbol) => next !== undefined && symbol.name === name);
	const symbol = facts.symbols.find(
		(candidate) => candidate.name === (next ?? name) && lines.includes(candidate.nameLine),
	);
	if (isStillHere || !isTellingName(name)) {
		return undefined;
	}
	const others = index.definitionsOf(name, {
		excludePath: path,
		languageIds: languageFamily(languageIdOfPath(path)),
	});
	if (symbol !== undefined) {
		const isOnly = others.length === 0;
		const isKnownBySpelling = isMemberSymbol({ ...symbol, path }) && symbol.kind !== "enumMember";
		// No types are known: a method is found by its name.
		return isKnownBySpelling && !(isOnly && isSpecific(name))
			? undefined
			: { kind: "definition", name, symbol, path, isOnly };
	}
	const from = imports.find(({ names }) => names.some(({ imported }) => imported === next));
	const isLeft = imports.some(({ names }) => names.some(({ imported }) => imported === name));
	return from !== undefined &&
		next !== undefined &&
		!isLeft &&
		changed.isRepeated &&
		others.length === 0 &&
		isSpecific(name)
		? { kind: "import", name, from }
		: undefined;
}

/** In UTF-16 units: so long a name of several words is written for one thing. */
const minSpecificUnits = 8;

function isSpecific(name: string): boolean {
	return name.length >= minSpecificUnits && splitWords(name).length > 1;
}

/** Whether imports, or the folder that it is in, let a file know what a name means. */
export function mayUse(path: string, meaning: Meaning, index: Files): boolean {
	const languageId = languageIdOfPath(path);
	const isExplicit = explicitImports.has(languageId);
	if (meaning.kind === "import") {
		return isExplicit && index.importsOf(path).some((one) => isSameModule(one, meaning.from));
	}
	// What the file defines itself under the name is what it means.
	if (index.symbolsOf(path).some(({ name }) => name === meaning.name)) {
		return false;
	}
	if (isMember(meaning) && meaning.symbol.kind !== "enumMember") {
		return true;
	}
	if (isExplicit) {
		return index.importsOf(path).some((one) => leadsTo(one, meaning));
	}
	const isNeighbour =
		sharedFolders.has(languageId) && folderOf(path) === folderOf(meaning.path) && meaning.isOnly;
	return isNeighbour || (meaning.isOnly && isSpecific(meaning.name));
}

/** Whether a mention of the name in a file that {@link mayUse} means what was changed. */
export function isUseOf(
	meaning: Meaning,
	mention: NameMention,
	path: string,
	index: Files,
): boolean {
	const imports = index.importsOf(path);
	const leading = imports.filter((one) =>
		meaning.kind === "import" ? isSameModule(one, meaning.from) : leadsTo(one, meaning),
	);
	const around = imports.filter(
		({ startLine, endLine }) => mention.line >= startLine && mention.line <= endLine,
	);
	if (around.length > 0) {
		return around.some(
			(one) => leading.includes(one) && one.names.some(({ imported }) => imported === meaning.name),
		);
	}
	if (mention.isKey) {
		return false;
	}
	if (meaning.kind === "definition" && isMember(meaning)) {
		return isMemberUse(meaning, mention, imports, leading);
	}
	if (!explicitImports.has(languageIdOfPath(path))) {
		return true;
	}
	return leading
		.flatMap(({ names }) => names)
		.some(({ imported, local }) =>
			mention.isMember
				? imported === "*" && local === mention.receiver
				: (imported === meaning.name && local === meaning.name) ||
					(imported === "*" && local === "*"),
		);
}

type Definition = Extract<Meaning, { kind: "definition" }>;

function isMember({ symbol, path }: Definition): boolean {
	return isMemberSymbol({ ...symbol, path });
}

function isMemberUse(
	{ symbol }: Definition,
	{ isMember: isSelected, receiver }: NameMention,
	imports: readonly IndexedImport[],
	leading: readonly IndexedImport[],
): boolean {
	if (symbol.kind === "enumMember") {
		const { container } = symbol;
		return (
			isSelected &&
			receiver !== undefined &&
			leading.some(({ names }) =>
				names.some(({ imported, local }) => imported === container && local === receiver),
			)
		);
	}
	const isOutside = imports.some(
		({ names, resolved }) => resolved.length === 0 && names.some(({ local }) => local === receiver),
	);
	return isSelected && !isOutside;
}

/** Whether an import leads to the definition: to its file, or for what only that file defines, to one that may pass it on by its name. */
function leadsTo({ names, resolved }: IndexedImport, meaning: Definition): boolean {
	const isByName = names.some(({ imported }) => imported === meaning.name);
	return resolved.includes(meaning.path) || (meaning.isOnly && resolved.length > 0 && isByName);
}

function isSameModule(one: IndexedImport, other: IndexedImport): boolean {
	return one.resolved.length === 0 && other.resolved.length === 0
		? one.specifier === other.specifier && !one.specifier.startsWith(".")
		: one.resolved.some((file) => other.resolved.includes(file));
}
