export type TokenKind = "word" | "number" | "space" | "sign";

/** A piece of a line; offsets in UTF-16 units. */
export interface LineToken {
	readonly kind: TokenKind;
	readonly text: string;
	readonly start: number;
	readonly end: number;
}

/** A line with its tokens. */
export interface ScannedLine {
	readonly text: string;
	readonly tokens: readonly LineToken[];
	/** The line behind it. */
	readonly follower: string | undefined;
}

export function scannedLine(text: string, follower: string | undefined): ScannedLine {
	return { text, tokens: tokensOfLine(text), follower };
}

/** A longer line was made by a tool: it has no tokens, so nothing is found in it. In UTF-16 units. */
export const maxLineUnits = 1000;

/** Signs of several characters that mean one thing in most languages, the longest first. */
const pattern =
	/(?<word>[\p{L}_$][\p{L}\p{N}_$]*)|(?<number>\p{N}[\p{L}\p{N}_]*)|(?<space>\s+)|(?:===|!==|\?\?=|\.\.\.|=>|->|::|\?\.|\?\?|&&|\|\||==|!=|<=|>=|:=|\+=|-=|[^\s])/gu;

/** The tokens of a line, which together are all of it. */
export function tokensOfLine(line: string): readonly LineToken[] {
	if (line.length > maxLineUnits) {
		return [];
	}
	const tokens: LineToken[] = [];
	for (const match of line.matchAll(pattern)) {
		const [text] = match;
		const kind =
			match.groups?.["word"] !== undefined
				? "word"
				: match.groups?.["number"] !== undefined
					? "number"
					: match.groups?.["space"] !== undefined
						? "space"
						: "sign";
		tokens.push({ kind, text, start: match.index, end: match.index + text.length });
	}
	return tokens;
}

/** Whether a token says something by itself: a name, or a sign that hardly anything else is written with. */
export function isTelling({ kind, text }: LineToken): boolean {
	return kind === "word" ? text.length > 1 : kind === "sign" && text.length > 1;
}

export function isWordChar(char: string): boolean {
	return /[\p{L}\p{N}_$]/u.test(char);
}

/** The white space that a line begins with. */
export function indentOf(line: string): string {
	return /^[^\S\r\n]*/.exec(line)?.[0] ?? "";
}

/** Brackets that are opened and not closed. */
export function bracketBalance(lines: readonly string[]): number {
	let balance = 0;
	for (const { text } of lines.flatMap((line) => tokensOfLine(line))) {
		balance += "([{".includes(text) ? 1 : ")]}".includes(text) ? -1 : 0;
	}
	return balance;
}

const quotes: ReadonlySet<string> = new Set(['"', "'", "`"]);
const closerOf: ReadonlyMap<string, string> = new Map([
	["(", ")"],
	["[", "]"],
	["<", ">"],
	["{", "}"],
]);
const links: ReadonlySet<string> = new Set([".", "?.", "::", "->"]);

/** Whether a chain of names goes on behind such a token. */
export function isLink(token: LineToken | undefined): boolean {
	return token !== undefined && links.has(token.text);
}

/**
 * Where an operand that begins with the token at `from` may end, exclusive, the longest first: a name with what is called, looked up or
 * chosen from it, a number, a string. Empty where none begins. Nothing beyond `to` is read.
 */
export function operandEnds(tokens: readonly LineToken[], from: number, to: number): number[] {
	const first = tokens[from];
	if (first === undefined || from >= to) {
		return [];
	}
	if (first.kind === "number") {
		return [from + 1];
	}
	if (quotes.has(first.text)) {
		const close = closingQuote(tokens, from, to);
		return close === undefined ? [] : [close + 1];
	}
	if (first.kind !== "word") {
		return [];
	}
	const ends = [from + 1];
	for (let at = from + 1; at < to && ends.length < maxChainParts;) {
		const token = tokens[at];
		if (isLink(token) && tokens[at + 1]?.kind === "word" && at + 1 < to) {
			at += 2;
		} else {
			const close = token?.text === "{" ? undefined : closingBracket(tokens, at, to);
			if (close === undefined) {
				break;
			}
			at = close + 1;
		}
		ends.push(at);
	}
	return ends.reverse();
}

const maxChainParts = 12;

function closingQuote(tokens: readonly LineToken[], from: number, to: number): number | undefined {
	const quote = tokens[from]?.text;
	for (let at = from + 1; at < to; at++) {
		const text = tokens[at]?.text;
		if (text === "\\") {
			at++;
		} else if (text === quote) {
			return at;
		}
	}
	return undefined;
}

/** Where the bracket at `from` is closed. */
function closingBracket(
	tokens: readonly LineToken[],
	from: number,
	to: number,
): number | undefined {
	const stack: string[] = [];
	for (let at = from; at < to; at++) {
		const text = tokens[at]?.text ?? "";
		const closer = closerOf.get(text);
		if (closer !== undefined && (text !== "<" || at === from)) {
			stack.push(closer);
		} else if (text === stack.at(-1)) {
			stack.pop();
		} else if (stack.length === 0 || text === ")" || text === "]" || text === "}") {
			return undefined;
		}
		if (stack.length === 0) {
			return at;
		}
	}
	return undefined;
}
