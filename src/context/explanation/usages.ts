import { setImmediate as otherWork } from "node:timers/promises";
import type { Clock } from "../../base/clock.ts";
import { languageIdOfPath } from "../files/languageIds.ts";
import type { IndexedImport, IndexedSymbol, RepositoryIndex } from "../index/repositoryIndex.ts";
import { languageFamily } from "../sources/languageFamily.ts";
import type { NameMention } from "../syntax/nameMentions.ts";
import { explanationLimits, type UsagePlace, type Usages } from "./explanation.ts";
import { explicitImports, folderOf, implicitReceivers, isMemberSymbol } from "./resolveName.ts";
import type { ExplainedSources } from "./sources.ts";
import { isTestPath, marksTest } from "./testPlaces.ts";

/** How sure it is that a file which mentions a name means a definition of it; the surest first. */
type Relation = "same" | "imports" | "neighbour" | "unique" | "ambiguous";

const relations: readonly Relation[] = ["same", "imports", "neighbour", "unique", "ambiguous"];

/** Languages whose paths and selectors of modules may be longer than one name. */
const longPaths: ReadonlySet<string> = new Set(["rust", "cpp", "c", "ruby", "php", "csharp"]);

/** Finds who uses definitions, by their names; reads files within what one explanation may take. */
export class UsageFinder {
	readonly #index: RepositoryIndex;
	readonly #sources: ExplainedSources;
	readonly #clock: Clock;
	readonly #signal: AbortSignal;
	readonly #startMs: number;
	#filesLeft: number = explanationLimits.readFiles;
	#lengthLeft: number = explanationLimits.readLength;

	constructor(
		index: RepositoryIndex,
		sources: ExplainedSources,
		{ clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
	) {
		this.#index = index;
		this.#sources = sources;
		this.#clock = clock;
		this.#signal = signal;
		this.#startMs = clock.now();
	}

	/** `share` of what is left may be read for this definition: 1 for all of it. */
	async usagesOf(symbol: IndexedSymbol, share: number): Promise<Usages> {
		const files = this.#filesMentioning(symbol);
		const related = files.filter(({ relation }) => relation !== "ambiguous");
		const maxFiles = Math.ceil(this.#filesLeft * share);
		const maxLength = this.#lengthLeft * share;
		const places: (FoundPlace & { readonly isCall: boolean; readonly isTest: boolean })[] = [];
		let filesRead = 0;
		let lengthRead = 0;
		let passedOver = 0;
		for (const { path } of related) {
			if (
				this.#signal.aborted ||
				filesRead >= maxFiles ||
				lengthRead >= maxLength ||
				this.#clock.now() - this.#startMs > explanationLimits.readMs
			) {
				break;
			}
			filesRead++;
			const text = this.#sources.textOf(path, 0, Number.MAX_SAFE_INTEGER);
			const mentions =
				text === undefined
					? undefined
					: await this.#index.mentionsIn(path, text, { names: this.#namesIn(path, symbol) });
			lengthRead += text?.length ?? 0;
			if (mentions === undefined) {
				passedOver++;
			} else {
				places.push(...this.#placesIn(path, symbol, mentions));
			}
			// Completions are asked for in the same thread.
			await otherWork();
		}
		this.#filesLeft -= filesRead;
		this.#lengthLeft -= lengthRead;
		const tests = places.filter(({ isTest }) => isTest);
		const others = places.filter(({ isTest }) => !isTest);
		const callers = shown(others.filter(({ isCall }) => isCall));
		const calling = new Set(others.filter(({ isCall }) => isCall).map(keyOf));
		const mentions = shown(others.filter((place) => !place.isCall && !calling.has(keyOf(place))));
		const testing = shown(tests);
		return {
			callers: callers.places,
			callersNotShown: callers.notShown,
			mentions: mentions.places,
			mentionsNotShown: mentions.notShown,
			tests: testing.places,
			testsNotShown: testing.notShown,
			ambiguousFiles: files.length - related.length,
			unreadFiles: related.length - filesRead + passedOver,
		};
	}

	#filesMentioning(
		symbol: IndexedSymbol,
	): readonly { readonly path: string; readonly relation: Relation }[] {
		const family = languageFamily(languageIdOfPath(symbol.path));
		const definitions = this.#sources
			.definitionsOf(symbol.name, family)
			.filter(({ path }) => isTestPath(symbol.path) || !isTestPath(path));
		const isOnly = definitions.every(
			({ path, container }) => path === symbol.path && container === symbol.container,
		);
		const paths = new Set([
			symbol.path,
			...this.#index.referencesTo(symbol.name).map(({ path }) => path),
		]);
		return [...paths]
			.filter((path) => family.includes(languageIdOfPath(path)) && this.#mayKnow(path, symbol))
			.map((path) => ({ path, relation: this.#relationOf(path, symbol, isOnly) }))
			.sort(
				(a, b) =>
					relations.indexOf(a.relation) - relations.indexOf(b.relation) ||
					(a.path < b.path ? -1 : 1),
			);
	}

	/** Where names have to be imported, a file that doesn't has something else of that name. */
	#mayKnow(path: string, symbol: IndexedSymbol): boolean {
		return (
			path === symbol.path ||
			isMemberSymbol(symbol) ||
			!needsImport(languageIdOfPath(path), this.#index.importsOf(path)) ||
			this.#index
				.importsOf(path)
				.some(
					({ names, resolved }) =>
						resolved.length > 0 &&
						names.some(
							({ imported }) =>
								imported === symbol.name || imported === "*" || imported === "default",
						),
				)
		);
	}

	#relationOf(path: string, symbol: IndexedSymbol, isOnly: boolean): Relation {
		if (path === symbol.path) {
			return "same";
		}
		// What the file defines itself under the name is what it means.
		const definesIt = this.#sources
			.symbolsOf(path)
			.some(({ name, kind }) => name === symbol.name && kind !== "field");
		if (definesIt && !isOnly) {
			return "ambiguous";
		}
		if (this.#index.importsOf(path).some(({ resolved }) => resolved.includes(symbol.path))) {
			return "imports";
		}
		if (isOnly) {
			return folderOf(path) === folderOf(symbol.path) ? "neighbour" : "unique";
		}
		return "ambiguous";
	}

	/** The name, and what the file calls it instead. */
	#namesIn(path: string, { name, path: definedIn }: IndexedSymbol): ReadonlySet<string> {
		const locals = this.#index
			.importsOf(path)
			.filter(({ resolved }) => resolved.includes(definedIn))
			.flatMap(({ names }) => names.filter(({ imported }) => imported === name))
			.map(({ local }) => local);
		return new Set([name, ...locals]);
	}

	#placesIn(
		path: string,
		symbol: IndexedSymbol,
		mentions: readonly NameMention[],
	): readonly (FoundPlace & { readonly isCall: boolean; readonly isTest: boolean })[] {
		const imports = this.#index.importsOf(path);
		const defined = new Set(
			this.#sources
				.symbolsOf(path)
				.filter(({ name }) => name === symbol.name)
				.map(({ nameLine }) => nameLine),
		);
		const known = {
			languageId: languageIdOfPath(path),
			isImported: path !== symbol.path && needsImport(languageIdOfPath(path), imports),
			inside: localsOf(imports.filter(({ resolved }) => resolved.length > 0)),
			outside: localsOf(imports.filter(({ resolved }) => resolved.length === 0)),
		};
		const meant = mentions.filter(
			(mention) =>
				!defined.has(mention.line) &&
				!imports.some(
					({ startLine, endLine }) => mention.line >= startLine && mention.line <= endLine,
				) &&
				!(
					path === symbol.path &&
					mention.line >= symbol.startLine &&
					mention.line <= symbol.endLine
				) &&
				mayMean(symbol, mention, known),
		);
		return meant.map(({ line, isCall }) => {
			const around = this.#sources.around(path, line);
			return {
				path,
				line,
				within: around === undefined ? undefined : insideOf(around),
				isCall,
				isTest: isTestPath(path) || (around !== undefined && this.#isTest(around)),
				codeAt: () => this.#sources.codeAt(path, line),
			};
		});
	}

	/** Where a language has its tests among the code. */
	#isTest({ path, docLine, startLine, container }: IndexedSymbol): boolean {
		const above =
			docLine < startLine ? this.#sources.textOf(path, docLine, startLine - 1) : undefined;
		return (
			(above !== undefined && marksTest(above)) ||
			(path.endsWith(".rs") && (container === "tests" || container === "test"))
		);
	}
}

function insideOf({ name, kind, container, nameLine }: IndexedSymbol): UsagePlace["within"] {
	return { name, kind, container, line: nameLine };
}

/** What a file calls what it imports, by whether that is in the repository. */
interface KnownNames {
	readonly languageId: string;
	/** Names of other files have to be imported. */
	readonly isImported: boolean;
	readonly inside: ReadonlySet<string>;
	readonly outside: ReadonlySet<string>;
}

/** Scripts that a page loads know each other's names; they import nothing. */
function needsImport(languageId: string, imports: readonly IndexedImport[]): boolean {
	return explicitImports.has(languageId) && (languageId !== "javascript" || imports.length > 0);
}

function localsOf(imports: readonly IndexedImport[]): ReadonlySet<string> {
	return new Set(imports.flatMap(({ names }) => names.map(({ local }) => local)));
}

function mayMean(
	symbol: IndexedSymbol,
	{ name, isMember, receiver }: NameMention,
	{ languageId, isImported, inside, outside }: KnownNames,
): boolean {
	if (outside.has(isMember ? (receiver ?? "") : name)) {
		return false;
	}
	if (isMemberSymbol(symbol)) {
		return isMember || implicitReceivers.has(languageId);
	}
	if (isMember) {
		return (
			longPaths.has(languageId) ||
			(receiver !== undefined && (inside.has(receiver) || receiver === symbol.container))
		);
	}
	return !isImported || inside.has(name) || inside.has("*");
}

interface FoundPlace extends Omit<UsagePlace, "count" | "code"> {
	readonly codeAt: () => string;
}

function keyOf({ path, within }: FoundPlace): string {
	return `${path}\n${within?.line ?? ""}`;
}

/** One for each definition that they are in, and as many as are shown. */
function shown(found: readonly FoundPlace[]): {
	readonly places: readonly UsagePlace[];
	readonly notShown: number;
} {
	const grouped = new Map<string, { readonly first: FoundPlace; count: number }>();
	for (const place of found) {
		const known = grouped.get(keyOf(place));
		if (known === undefined) {
			grouped.set(keyOf(place), { first: place, count: 1 });
		} else {
			known.count++;
		}
	}
	const places = [...grouped.values()]
		.slice(0, explanationLimits.usagePlaces)
		.map(({ first: { codeAt, ...place }, count }) => ({ ...place, count, code: codeAt() }));
	return { places, notShown: grouped.size - places.length };
}
