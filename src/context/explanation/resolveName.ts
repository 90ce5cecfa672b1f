import type { IndexedImport, IndexedSymbol } from "../index/repositoryIndex.ts";
import { isTypeSymbol } from "../sources/declaredTypes.ts";
import { isTellingName } from "../sources/identifiers.ts";
import { languageFamily } from "../sources/languageFamily.ts";
import type { NameMention } from "../syntax/nameMentions.ts";
import { explanationLimits } from "./explanation.ts";
import type { ExplainedSources } from "./sources.ts";
import { isTestPath } from "./testPlaces.ts";

export type ResolvedName =
	/** `definitions` is one, or all that it may be. */
	| {
			readonly kind: "defined";
			readonly definitions: readonly IndexedSymbol[];
			readonly isCertain: boolean;
	  }
	/** Of a package that isn't in the repository. */
	| { readonly kind: "elsewhere"; readonly specifier: string }
	| { readonly kind: "unknown" };

/** The file that a name is mentioned in. */
export interface NameScope {
	readonly path: string;
	readonly languageId: string;
	readonly imports: readonly IndexedImport[];
}

/** A name is a local one unless the file defines or imports it. */
export const explicitImports: ReadonlySet<string> = new Set([
	"typescript",
	"typescriptreact",
	"javascript",
	"javascriptreact",
	"python",
]);

/** Files of one folder see each other's names. */
export const sharedFolders: ReadonlySet<string> = new Set(["go", "java", "csharp", "c", "cpp"]);

/** A method of the same type is called without naming an object. */
export const implicitReceivers: ReadonlySet<string> = new Set(["java", "csharp", "cpp", "ruby"]);

const self: ReadonlySet<string> = new Set(["this", "self", "cls", "Self", "super", "$this"]);

export function isMemberSymbol({ kind }: IndexedSymbol): boolean {
	return kind === "method" || kind === "field" || kind === "enumMember" || kind === "constructor";
}

/**
 * What a mention of a name means, by what an index knows: names, imports and files. It knows no types, so a
 * method of some value is found by its name alone, and that is said.
 */
export function resolveName(
	mention: NameMention,
	scope: NameScope,
	sources: ExplainedSources,
): ResolvedName {
	const all = sources
		.definitionsOf(mention.name, languageFamily(scope.languageId))
		.filter((symbol) => mayMean(symbol, mention, scope));
	return (
		(mention.receiver !== undefined && !self.has(mention.receiver)
			? throughReceiver(mention.receiver, all, scope)
			: undefined) ??
		inFile(mention, all, scope) ??
		(mention.isMember ? undefined : imported(mention.name, scope, sources)) ??
		among(all, (symbol) => importsAll(scope, symbol.path)) ??
		among(all, (symbol) => isNeighbour(symbol, scope)) ??
		byName(mention, all, scope) ?? { kind: "unknown" }
	);
}

function mayMean(
	symbol: IndexedSymbol,
	{ isMember, isCall, receiver }: NameMention,
	scope: NameScope,
): boolean {
	if (symbol.kind === "module") {
		return false;
	}
	if (isMember || !isMemberSymbol(symbol)) {
		// Too many values have a field of any name.
		return symbol.kind !== "field" || isCall || (receiver !== undefined && self.has(receiver));
	}
	return implicitReceivers.has(scope.languageId) && symbol.path === scope.path;
}

/** `module.name`, `Type.name`. */
function throughReceiver(
	receiver: string,
	all: readonly IndexedSymbol[],
	{ imports }: NameScope,
): ResolvedName | undefined {
	const named = imports.find(({ names }) => names.some(({ local }) => local === receiver));
	if (named === undefined) {
		return among(all, ({ container }) => container === receiver);
	}
	if (named.resolved.length === 0) {
		return { kind: "elsewhere", specifier: named.specifier };
	}
	return (
		among(all, ({ path, container }) => named.resolved.includes(path) && container === receiver) ??
		among(all, ({ path, container }) => named.resolved.includes(path) && container === undefined) ??
		among(all, ({ path, container }) => named.resolved.includes(path) || container === receiver)
	);
}

function inFile(
	{ isMember, receiver }: NameMention,
	all: readonly IndexedSymbol[],
	{ path }: NameScope,
): ResolvedName | undefined {
	const here = all.filter((symbol) => symbol.path === path);
	const members = here.filter((symbol) => isMember === isMemberSymbol(symbol));
	const fitting = members.length > 0 ? members : here;
	const isCertain = !isMember || (receiver !== undefined && self.has(receiver));
	return some(fitting, isCertain && fitting.length === 1);
}

function imported(
	name: string,
	{ imports, languageId }: NameScope,
	sources: ExplainedSources,
): ResolvedName | undefined {
	for (const { names, resolved, specifier } of imports) {
		const found = names.find(({ local }) => local === name);
		if (found === undefined) {
			continue;
		}
		if (resolved.length === 0) {
			return { kind: "elsewhere", specifier };
		}
		const original = found.imported === "default" || found.imported === "*" ? name : found.imported;
		const all = sources
			.definitionsOf(original, languageFamily(languageId))
			.filter((symbol) => !isMemberSymbol(symbol) && symbol.kind !== "module");
		// A file in between may only pass the name on.
		return among(all, ({ path }) => resolved.includes(path)) ?? some(all, false);
	}
	return undefined;
}

/** `from x import *`, `#include`. */
function importsAll({ imports }: NameScope, path: string): boolean {
	return imports.some(
		({ names, resolved }) =>
			(names.length === 0 || names.some(({ local }) => local === "*")) && resolved.includes(path),
	);
}

function isNeighbour({ path }: IndexedSymbol, scope: NameScope): boolean {
	return sharedFolders.has(scope.languageId) && folderOf(path) === folderOf(scope.path);
}

export function folderOf(path: string): string {
	return path.slice(0, path.lastIndexOf("/") + 1);
}

function byName(
	{ name, isCall, isMember }: NameMention,
	all: readonly IndexedSymbol[],
	{ path, languageId }: NameScope,
): ResolvedName | undefined {
	const isTest = isTestPath(path);
	const likely = all.filter(
		(symbol) => (isCall || isTypeSymbol(symbol)) && (isTest || !isTestPath(symbol.path)),
	);
	return isTellingName(name) && (isMember || !explicitImports.has(languageId))
		? some(likely, false)
		: undefined;
}

function among(
	all: readonly IndexedSymbol[],
	isMeant: (symbol: IndexedSymbol) => boolean,
): ResolvedName | undefined {
	const meant = all.filter(isMeant);
	return some(meant, meant.length === 1);
}

/** Too many are no answer; but a declaration and its overloads in one file are one thing. */
function some(definitions: readonly IndexedSymbol[], isCertain: boolean): ResolvedName | undefined {
	const shown = definitions.slice(0, explanationLimits.definitionsOfName);
	return definitions.length === 0 || definitions.length > explanationLimits.definitionsOfName
		? undefined
		: { kind: "defined", definitions: shown, isCertain };
}
