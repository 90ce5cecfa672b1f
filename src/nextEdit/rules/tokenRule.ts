import {
	indentOf,
	isLink,
	operandEnds,
	tokensOfLine,
	type LineToken,
	type ScannedLine,
} from "../lineTokens.ts";
import type { ProposerName } from "../proposerName.ts";
import type { LineRule, RuleMatch, Span } from "./rule.ts";

/** One element of what a rule looks for. */
export type Element =
	| { readonly kind: "text"; readonly text: string }
	/** An operand; the same `hole` stands for the same text. */
	| { readonly kind: "hole"; readonly hole: number }
	/** The last token of some operand: this closing bracket, or else a name, a number or a quote. */
	| { readonly kind: "operandEnd"; readonly closer: string | undefined }
	/** Where the indentation ends, and where the line does; `next` is what the next line has to begin with, if anything. */
	| { readonly kind: "lineStart" }
	| { readonly kind: "lineEnd"; readonly next: string | undefined };

/** A piece of what is written instead. */
export type Piece = string | { readonly hole: number };

export interface TokenPattern {
	readonly proposer: ProposerName;
	readonly before: readonly Element[];
	readonly core: readonly Element[];
	readonly after: readonly Element[];
	readonly replacement: readonly Piece[];
}

/** As many places on one line are rewritten. */
const maxSpans = 20;
/** Steps that finding a pattern on one line may take: operands within operands could be tried in many ways. */
const maxSteps = 4000;

/** The rule that replaces what `core` matches, between what `before` and `after` match. */
export function tokenRule(pattern: TokenPattern): LineRule {
	const elements = [...pattern.before, ...pattern.core, ...pattern.after];
	const names = elements.flatMap((element) =>
		element.kind === "text" && /^[\p{L}_$]/u.test(element.text) ? [element.text] : [],
	);
	const [only, ...others] = pattern.core;
	const [written, ...rest] = pattern.replacement;
	const isRenaming =
		only?.kind === "text" &&
		others.length + rest.length === 0 &&
		isName(only.text) &&
		isName(written);
	const texts = elements.flatMap((element) => (element.kind === "text" ? [element.text] : []));
	const anchor = (names.length > 0 ? names : texts).reduce(
		(longest, text) => (text.length > longest.length ? text : longest),
		"",
	);
	return {
		proposer: pattern.proposer,
		key: JSON.stringify([pattern.before, pattern.core, pattern.after, pattern.replacement]),
		anchor: anchor.trim(),
		nameUnits: names.reduce((sum, { length }) => sum + length, 0),
		contextTokens: pattern.before.length + pattern.after.length,
		renames:
			isRenaming && typeof written === "string" ? { old: only.text, next: written } : undefined,
		isExtension: isExtension(pattern),
		match: (line) => matchPattern(pattern, line),
	};
}

function isName(text: Piece | undefined): boolean {
	return typeof text === "string" && /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(text);
}

function isExtension({ core, replacement }: TokenPattern): boolean {
	const written = tokensOfLine(
		replacement.map((piece) => (typeof piece === "string" ? piece : " ")).join(""),
	);
	const texts = new Set(written.map(({ text }) => text));
	return core.every(
		(element) => element.kind === "hole" || (element.kind === "text" && texts.has(element.text)),
	);
}

interface Place {
	readonly line: string;
	readonly tokens: readonly LineToken[];
	readonly nextLine: string | undefined;
	steps: number;
}

interface Found {
	/** Token numbers where elements end, one for each. */
	readonly ends: readonly number[];
	readonly holes: ReadonlyMap<number, string>;
}

function matchPattern(
	{ before, core, after, replacement }: TokenPattern,
	scanned: ScannedLine,
): RuleMatch | undefined {
	const { text: line, tokens } = scanned;
	const place: Place = { line, tokens, nextLine: scanned.follower, steps: maxSteps };
	const elements = [...before, ...core, ...after];
	const spans: Span[] = [];
	for (let from = 0; from <= tokens.length && spans.length < maxSpans; from++) {
		const found = matchFrom(place, elements, 0, from, [], new Map());
		if (found === undefined) {
			continue;
		}
		const coreFrom = before.length === 0 ? from : (found.ends[before.length - 1] ?? from);
		const coreTo =
			core.length === 0 ? coreFrom : (found.ends[before.length + core.length - 1] ?? coreFrom);
		const span = {
			start: offsetOf(tokens, coreFrom, line),
			end: coreTo === coreFrom ? offsetOf(tokens, coreFrom, line) : (tokens[coreTo - 1]?.end ?? 0),
			text: replacement
				.map((piece) => (typeof piece === "string" ? piece : (found.holes.get(piece.hole) ?? "")))
				.join(""),
		};
		const last = spans.at(-1);
		if (
			last === undefined ||
			span.start > last.end ||
			(span.start === last.end && span.end > span.start)
		) {
			spans.push(span);
		}
		from = Math.max(from, coreTo - 1);
	}
	return spans.length === 0 ? undefined : { spans };
}

function offsetOf(tokens: readonly LineToken[], at: number, line: string): number {
	return tokens[at]?.start ?? line.length;
}

/** Where the `elements` from `element` on end, if the first of them begins at token `at`. */
function matchFrom(
	place: Place,
	elements: readonly Element[],
	element: number,
	at: number,
	ends: readonly number[],
	holes: ReadonlyMap<number, string>,
): Found | undefined {
	const wanted = elements[element];
	if (wanted === undefined) {
		return { ends, holes };
	}
	if (place.steps-- <= 0) {
		return undefined;
	}
	const { tokens } = place;
	const token = tokens[at];
	const goOn = (end: number, bound = holes): Found | undefined =>
		matchFrom(place, elements, element + 1, end, [...ends, end], bound);
	switch (wanted.kind) {
		case "text":
			return token?.text === wanted.text ? goOn(at + 1) : undefined;
		case "operandEnd":
			return token !== undefined && endsOperand(token) && closerIn(token) === wanted.closer
				? goOn(at + 1)
				: undefined;
		case "lineStart":
			return at <= 1 && offsetOf(tokens, at, place.line) === indentOf(place.line).length
				? goOn(at)
				: undefined;
		case "lineEnd":
			return at === tokens.length &&
				(wanted.next === undefined || place.nextLine?.trimStart().startsWith(wanted.next) === true)
				? goOn(at)
				: undefined;
		case "hole":
			if (element === 0 && !mayBeginOperand(tokens, at)) {
				return undefined;
			}
			for (const end of operandEnds(tokens, at, tokens.length)) {
				const text = place.line.slice(token?.start, tokens[end - 1]?.end);
				const bound = holes.get(wanted.hole);
				if (bound !== undefined && bound !== text) {
					continue;
				}
				const found = goOn(
					end,
					bound === undefined ? new Map([...holes, [wanted.hole, text]]) : holes,
				);
				if (found !== undefined) {
					return found;
				}
			}
			return undefined;
	}
}

function mayBeginOperand(tokens: readonly LineToken[], at: number): boolean {
	const before = tokens[at - 1];
	return !isLink(before) && before?.kind !== "word" && before?.kind !== "number";
}

/** The closing bracket that a token is. */
export function closerIn({ text }: LineToken): string | undefined {
	return /^[)\]}]$/.test(text) ? text : undefined;
}

export function endsOperand({ kind, text }: LineToken): boolean {
	return kind === "word" || kind === "number" || /^["'`)\]}]$/.test(text);
}
