import { joinedLine } from "../editPairs.ts";
import type { LineEdit } from "../lineEdit.ts";
import { maxLineUnits, tokensOfLine, type LineToken } from "../lineTokens.ts";
import type { LineRule, RuleMatch, Span } from "./rule.ts";

/** A function has fewer parameters, and a line fewer calls of it. */
const maxParameters = 20;
const maxCalls = 10;

const keywords: ReadonlySet<string> = new Set(["function", "def", "func", "fn"]);
const modifiers: ReadonlySet<string> = new Set(
	"public private protected static async override export".split(" "),
);
const statements: ReadonlySet<string> = new Set(
	"if for while switch catch return with match elif else function".split(" "),
);

/** Where the arguments of a call or the parameters of a definition stand on a line. */
interface Brackets {
	/** In UTF-16 units, without white space around them; none is empty. */
	readonly parts: readonly { readonly start: number; readonly end: number }[];
	/** Of the closing bracket. */
	readonly end: number;
}

interface Definition {
	readonly name: string;
	readonly parameters: readonly string[];
}

/**
 * What follows for its calls when a definition gains or loses parameters: a call that has as many arguments as there were parameters loses
 * the same, or passes on what is called like the parameter.
 */
export function parameterRules({ old, next }: LineEdit): readonly LineRule[] {
	const [before, after] = [definitionIn(joinedLine(old)), definitionIn(joinedLine(next))];
	if (before === undefined || before.name !== after?.name) {
		return [];
	}
	const lost = before.parameters.filter((name) => !after.parameters.includes(name));
	const gained = after.parameters.filter((name) => !before.parameters.includes(name));
	const isOneSided = lost.length === 0 || gained.length === 0;
	if (!isOneSided || lost.length + gained.length === 0) {
		return [];
	}
	const change = { name: before.name, before: before.parameters, after: after.parameters };
	return [
		{
			proposer: "parameter",
			key: JSON.stringify(["parameter", change]),
			anchor: before.name,
			nameUnits: before.name.length,
			contextTokens: 0,
			renames: undefined,
			isExtension: gained.length > 0,
			match: ({ text, tokens }) => matchCalls(text, tokens, change),
		},
	];
}

function definitionIn(line: string): Definition | undefined {
	const tokens = line.length > maxLineUnits ? [] : tokensOfLine(line);
	const words = tokens.filter(({ kind }) => kind !== "space");
	for (const [at, token] of tokens.entries()) {
		if (token.kind !== "word" || statements.has(token.text)) {
			continue;
		}
		const brackets = bracketsBehind(line, tokens, at);
		if (brackets === undefined || !isDefined(line, words, words.indexOf(token))) {
			continue;
		}
		const parameters = brackets.parts.flatMap(({ start, end }) => {
			const [name] = tokensOfLine(line.slice(start, end)).filter(
				({ kind, text }) => kind === "word" && text !== "mut" && text !== "readonly",
			);
			return name === undefined || name.text === "self" || name.text === "cls" ? [] : [name.text];
		});
		return { name: token.text, parameters };
	}
	return undefined;
}

/** Whether a name before a bracket is defined there: behind a keyword, or as a method with its body. */
function isDefined(line: string, words: readonly LineToken[], at: number): boolean {
	const before = words.slice(0, at).map(({ text }) => text);
	if (before.some((word) => keywords.has(word))) {
		return true;
	}
	return before.every((word) => modifiers.has(word)) && /\{\s*$/.test(line);
}

interface ParameterChange {
	readonly name: string;
	readonly before: readonly string[];
	readonly after: readonly string[];
}

function matchCalls(
	line: string,
	tokens: readonly LineToken[],
	change: ParameterChange,
): RuleMatch | undefined {
	const spans: Span[] = [];
	const words = tokens.filter(({ kind }) => kind !== "space");
	for (const [at, token] of tokens.entries()) {
		if (token.text !== change.name || spans.length >= maxCalls) {
			continue;
		}
		const call = bracketsBehind(line, tokens, at);
		const start = tokens[at + 1]?.start ?? 0;
		if (
			call?.parts.length === change.before.length &&
			!isDefined(line, words, words.indexOf(token)) &&
			start >= (spans.at(-1)?.end ?? 0)
		) {
			const end = call.parts.at(-1)?.end ?? call.end;
			spans.push({ start, end, text: `(${argumentsOf(line, call, change)}` });
		}
	}
	return spans.length === 0 ? undefined : { spans };
}

function argumentsOf(
	line: string,
	{ parts }: Brackets,
	{ before, after }: ParameterChange,
): string {
	const given = new Map(
		before.map((name, i) => [name, line.slice(parts[i]?.start, parts[i]?.end)]),
	);
	// What is passed by name goes on to be.
	const byName = /^[\p{L}_$][\p{L}\p{N}_$]*\s*=(?!=)/u.test([...given.values()].at(-1) ?? "");
	return after.map((name) => given.get(name) ?? (byName ? `${name}=${name}` : name)).join(", ");
}

function bracketsBehind(
	line: string,
	tokens: readonly LineToken[],
	name: number,
): Brackets | undefined {
	const open = name + 1;
	const bracket = tokens[open];
	if (bracket?.text !== "(") {
		return undefined;
	}
	const parts: { start: number; end: number }[] = [];
	let depth = 0;
	let from = bracket.end;
	const close = (to: number): void => {
		const text = line.slice(from, to);
		if (text.trim() !== "") {
			parts.push({
				start: from + text.length - text.trimStart().length,
				end: from + text.trimEnd().length,
			});
		}
	};
	let quote: string | undefined;
	for (let at = open; at < tokens.length; at++) {
		const { text, start, end } = tokens[at] ?? { text: "", start: 0, end: 0 };
		if (quote !== undefined) {
			at += text === "\\" ? 1 : 0;
			quote = text === quote ? undefined : quote;
		} else if (/^["'`]$/.test(text)) {
			quote = text;
		} else if ("([{".includes(text)) {
			depth++;
		} else if (")]}".includes(text)) {
			depth--;
			if (depth === 0) {
				close(start);
				return parts.length > maxParameters ? undefined : { parts, end: start };
			}
		} else if (text === "," && depth === 1) {
			close(start);
			from = end;
		}
	}
	return undefined;
}
