import type { Clock } from "../../base/clock.ts";
import { languageIdOfPath } from "../files/languageIds.ts";
import type { IndexedSymbol, RepositoryIndex } from "../index/repositoryIndex.ts";
import { dedent } from "../packing/lines.ts";
import { isTypeSymbol } from "../sources/declaredTypes.ts";
import { identifiersIn, isTellingName } from "../sources/identifiers.ts";
import type { NameMention } from "../syntax/nameMentions.ts";
import {
	explanationLimits as limits,
	type ExplainedDefinition,
	type ExplainQuery,
	type Explanation,
	type NamedDefinition,
} from "./explanation.ts";
import { resolveName, type NameScope } from "./resolveName.ts";
import { cut, ExplainedSources, placeOf } from "./sources.ts";
import { UsageFinder } from "./usages.ts";

export interface ExplainTools {
	readonly index: RepositoryIndex;
	readonly clock: Clock;
}

/**
 * What the index knows about some code: what it declares, what its names mean, and who uses them. Writes nothing
 * of its own. Bounded by {@link limits}; after an abort it ends with what it has.
 */
export function explain(
	query: ExplainQuery,
	tools: ExplainTools,
	signal: AbortSignal,
): Promise<Explanation> {
	return query.kind === "name"
		? explainName(query, tools, signal)
		: explainCode(query, tools, signal);
}

async function explainName(
	query: Extract<ExplainQuery, { kind: "name" }>,
	tools: ExplainTools,
	signal: AbortSignal,
): Promise<Explanation> {
	const sources = new ExplainedSources(tools.index, undefined, []);
	const definitions = sources.definitionsOf(query.name);
	const described = await describe(definitions, sources, tools, signal);
	return {
		...nothing,
		...described,
		query,
		unknown: definitions.length === 0 ? [query.name] : [],
	};
}

const nothing = {
	isParsed: true,
	subjects: [],
	furtherSubjects: [],
	subjectsNotShown: 0,
	within: undefined,
	calls: [],
	uses: [],
	elsewhere: [],
	unknown: [],
	namesNotShown: 0,
} as const;

async function explainCode(
	{ text, ...query }: Extract<ExplainQuery, { kind: "code" }>,
	tools: ExplainTools,
	signal: AbortSignal,
): Promise<Explanation> {
	const { path, startLine, endLine } = query;
	const { facts, imports } = await tools.index.analyse(path, text);
	const symbols = facts.symbols.map((symbol) => ({ path, ...symbol }));
	const sources = new ExplainedSources(tools.index, { path, text }, symbols);
	const mentions = await tools.index.mentionsIn(path, text, { lines: { startLine, endLine } });
	if (mentions === undefined) {
		return { ...nothing, ...bySpelling(sources, query), query, isParsed: false };
	}
	// A package stands around nothing: its name is all of it.
	const declared = symbols.filter(
		(symbol) =>
			isWithin(symbol.nameLine, query) &&
			!(symbol.kind === "module" && symbol.startLine === symbol.endLine),
	);
	const around = sources.around(path, startLine);
	const names = namesOf(
		mentions.filter(({ line }) => !imports.some((each) => isWithin(line, each))),
		declared,
		{ path, languageId: languageIdOfPath(path), imports },
		sources,
	);
	// Code that declares nothing is about what it mentions.
	const subjects =
		declared.length > 0
			? outermost(declared)
			: distinct(
					names.named
						.filter(({ isCertain, resolved }) => isCertain && resolved.length === 1)
						.toSorted((a, b) => Number(b.isCall) - Number(a.isCall))
						.flatMap(({ resolved }) => resolved),
				).slice(0, limits.subjects);
	const shown = new Set(declared.length > 0 ? [] : subjects);
	const rest = names.named.filter(({ resolved }) => !resolved.some((each) => shown.has(each)));
	const calls = named(rest, true, sources);
	const uses = named(rest, false, sources);
	return {
		...nothing,
		...(await describe(subjects, sources, tools, signal)),
		...names.others,
		namesNotShown: names.others.namesNotShown + rest.length - calls.length - uses.length,
		query,
		within: declared.length > 0 || around === undefined ? undefined : sources.briefOf(around),
		calls,
		uses,
	};
}

function isWithin(
	line: number,
	{ startLine, endLine }: { readonly startLine: number; readonly endLine: number },
): boolean {
	return line >= startLine && line <= endLine;
}

/** Those that stand in no other one. */
function outermost(symbols: readonly IndexedSymbol[]): readonly IndexedSymbol[] {
	return symbols.filter(
		(symbol) =>
			!symbols.some(
				(other) =>
					other !== symbol &&
					other.startLine <= symbol.startLine &&
					other.endLine >= symbol.endLine &&
					(other.startLine < symbol.startLine || other.endLine > symbol.endLine) &&
					other.nameLine !== symbol.nameLine,
			),
	);
}

function distinct(symbols: readonly IndexedSymbol[]): readonly IndexedSymbol[] {
	return [...new Set(symbols)];
}

interface ResolvedMention {
	readonly name: string;
	readonly line: number;
	readonly isCall: boolean;
	readonly isCertain: boolean;
	readonly resolved: readonly IndexedSymbol[];
}

/** What each name of the code means, in the order of the code. */
function namesOf(
	mentions: readonly NameMention[],
	declared: readonly IndexedSymbol[],
	scope: NameScope,
	sources: ExplainedSources,
): {
	readonly named: readonly ResolvedMention[];
	readonly others: Pick<Explanation, "elsewhere" | "unknown" | "namesNotShown">;
} {
	const own = new Set(declared.flatMap(({ name, container = name }) => [name, container]));
	const byName = new Map<string, NameMention[]>();
	for (const mention of mentions) {
		if (!own.has(mention.name)) {
			byName.set(mention.name, [...(byName.get(mention.name) ?? []), mention]);
		}
	}
	const named: ResolvedMention[] = [];
	const elsewhere: { name: string; specifier: string }[] = [];
	const unknown: string[] = [];
	for (const [name, places] of [...byName].slice(0, limits.lookedUpNames)) {
		const [first] = places;
		// A call says more than a mention.
		const telling = places.find(({ isCall }) => isCall) ?? first;
		if (first === undefined || telling === undefined) {
			continue;
		}
		const found = resolveName(telling, scope, sources);
		switch (found.kind) {
			case "defined":
				named.push({
					name,
					line: first.line,
					isCall: telling.isCall,
					isCertain: found.isCertain,
					resolved: found.definitions,
				});
				break;
			case "elsewhere":
				elsewhere.push({ name, specifier: found.specifier });
				break;
			case "unknown":
				// A method of what another call returned is hardly worth a word.
				if (
					telling.isCall &&
					isTellingName(name) &&
					!(telling.isMember && telling.receiver === undefined)
				) {
					unknown.push(name);
				}
				break;
		}
	}
	return {
		named,
		others: {
			elsewhere: elsewhere.slice(0, limits.elsewhere),
			unknown: unknown.slice(0, limits.unknown),
			namesNotShown:
				Math.max(0, byName.size - limits.lookedUpNames) +
				Math.max(0, elsewhere.length - limits.elsewhere),
		},
	};
}

function named(
	mentions: readonly ResolvedMention[],
	isCall: boolean,
	sources: ExplainedSources,
): readonly NamedDefinition[] {
	return mentions
		.filter((mention) => mention.isCall === isCall)
		.slice(0, limits.namedDefinitions)
		.map(({ name, line, isCertain, resolved }) => ({
			name,
			line,
			isCertain,
			definitions: resolved.map((symbol) => sources.briefOf(symbol)),
		}));
}

/** Where most words are no names of code: what is one has a sign or a capital within it. */
const proseLanguages: ReadonlySet<string> = new Set(["markdown", "plaintext", "html"]);

/** Where nothing reads the language, names are words that something in the repository is called by. */
function bySpelling(
	sources: ExplainedSources,
	{
		path,
		startLine,
		endLine,
	}: { readonly path: string; readonly startLine: number; readonly endLine: number },
): Pick<Explanation, "uses" | "unknown" | "namesNotShown"> {
	const code = sources.textOf(path, startLine, endLine)?.slice(0, 50_000) ?? "";
	const isProse = proseLanguages.has(languageIdOfPath(path));
	const words = [...new Set(identifiersIn(code))].filter(
		(word) => isTellingName(word) && (!isProse || /[\p{Ll}\d]\p{Lu}|\w_\w/u.test(word)),
	);
	const looked = words.slice(0, limits.lookedUpNames);
	const found = looked.flatMap((name) => {
		const definitions = sources.definitionsOf(name);
		return definitions.length === 0 || definitions.length > limits.definitionsOfName
			? []
			: [{ name, line: startLine, isCertain: false, isCall: false, resolved: definitions }];
	});
	return {
		uses: named(found, false, sources),
		unknown: found.length > 0 ? [] : looked.slice(0, limits.unknown),
		namesNotShown: words.length - looked.length,
	};
}

async function describe(
	symbols: readonly IndexedSymbol[],
	sources: ExplainedSources,
	tools: ExplainTools,
	signal: AbortSignal,
): Promise<Pick<Explanation, "subjects" | "furtherSubjects" | "subjectsNotShown">> {
	const finder = new UsageFinder(tools.index, sources, { ...tools, signal });
	const described = symbols.slice(0, limits.subjects);
	const subjects: ExplainedDefinition[] = [];
	for (const [index, symbol] of described.entries()) {
		const usages = await finder.usagesOf(symbol, 1 / (described.length - index));
		subjects.push({ ...describeOne(symbol, sources), usages });
	}
	const further = symbols.slice(limits.subjects);
	return {
		subjects,
		furtherSubjects: further
			.slice(0, limits.furtherSubjects)
			.map((symbol) => sources.briefOf(symbol)),
		subjectsNotShown: Math.max(0, further.length - limits.furtherSubjects),
	};
}

function describeOne(
	symbol: IndexedSymbol,
	sources: ExplainedSources,
): Omit<ExplainedDefinition, "usages"> {
	const members = isTypeSymbol(symbol)
		? sources
				.symbolsOf(symbol.path)
				.filter(
					({ container, startLine, endLine }) =>
						container === symbol.name &&
						(symbol.path.endsWith(".rs") ||
							symbol.path.endsWith(".go") ||
							(startLine >= symbol.startLine && endLine <= symbol.endLine)),
				)
		: [];
	const signature = sources.signatureOf(symbol);
	const documentation = sources.documentationOf(symbol);
	return {
		...placeOf(symbol),
		languageId: languageIdOfPath(symbol.path),
		signature:
			signature && cut(dedent(signature.trimEnd().split("\n")).join("\n"), limits.signatureLength),
		documentation: documentation && cut(documentation, limits.documentationLength),
		members: members.slice(0, limits.members).map((member) => sources.briefOf(member)),
		membersNotShown: Math.max(0, members.length - limits.members),
	};
}
