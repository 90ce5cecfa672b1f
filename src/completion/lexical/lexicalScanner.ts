import { uncertainString, type LexicalRules } from "./lexicalRules.ts";
import { stringFrame, type OpenFrame } from "./openFrame.ts";
import { rawStringAt } from "./rawStrings.ts";
import { escapeSigns, type StringRule } from "./stringRule.ts";

interface OpenedString {
	readonly frame: OpenFrame;
	/** How long what begins the string is, from its quote on. */
	readonly openerLength: number;
}

/** A stretch of the text in which a delimiter has no counterpart. */
interface Unclosed {
	readonly from: number;
	readonly to: number;
}

const closerOf: ReadonlyMap<string, string> = new Map([
	["(", ")"],
	["[", "]"],
	["{", "}"],
]);
const closers: ReadonlySet<string> = new Set(closerOf.values());

/** A name, a number, or the end of an expression: after it an apostrophe ends something or is part of a name. */
const beforePrime = /[\p{L}\p{N}_)\]}'.]/u;
const wordUnit = /[\p{L}\p{N}_]/u;
/** The letters that stand before a string's quote in some language; those of Python and C. */
const stringPrefix = /(?:^|[^\p{L}\p{N}_])(?:[rbuft]{1,2}|l|u8)$/iu;

/**
 * Goes once through a text from left to right and keeps what is open. The text is searched forward where a quote
 * may open a string, and each such search ends where the next one begins, so that all of it is linear.
 */
export class LexicalScanner {
	readonly #text: string;
	readonly #rules: LexicalRules;
	readonly #stack: OpenFrame[];
	/** The last fruitless search of each delimiter: what was searched isn't searched again. */
	readonly #unclosed = new Map<string, Unclosed>();
	#at = 0;
	/** Whether the sign at hand is escaped by one that the reading stopped at. */
	#isEscaped = false;
	#inkEnd = 0;

	/** `open` is what is open at the start of `text`, the innermost last. */
	constructor(text: string, rules: LexicalRules, open: readonly OpenFrame[] = []) {
		this.#text = text;
		this.#rules = rules;
		this.#stack = [...open];
	}

	/** What is open now, the innermost last. */
	get open(): readonly OpenFrame[] {
		return this.#stack;
	}

	/** Where the last sign ends that is neither white space nor a comment. */
	get inkEnd(): number {
		return this.#inkEnd;
	}

	/** How far the text has been read. */
	get offset(): number {
		return this.#at;
	}

	/** What is open from here on is replaced: the same frames, and others that the text can't show. */
	reopen(frames: readonly OpenFrame[]): void {
		this.#stack.splice(0, this.#stack.length, ...frames);
	}

	/** Leaves what comes before `offset` unread. */
	skipTo(offset: number): void {
		this.#at = offset;
	}

	/** Reads one sign, string delimiter or comment, and says what it closed. Never reads beyond `end`. */
	step(end: number): OpenFrame | undefined {
		if (this.#isEscaped) {
			this.#isEscaped = false;
			this.#at++;
			this.#inkEnd = this.#at;
			return undefined;
		}
		const string = this.#string();
		const commentEnd = string === undefined ? this.#commentEnd(end) : undefined;
		if (commentEnd !== undefined) {
			this.#at = commentEnd;
			return undefined;
		}
		const isInk = !" \t\n".includes(this.#text.charAt(this.#at));
		const closed = string === undefined ? this.#stepInCode(end) : this.#stepInString(string, end);
		// The cursor may stand behind the sign that escapes what is put in there.
		this.#isEscaped = this.#at === end + 1 && "\\`".includes(this.#text.charAt(end - 1));
		this.#at = Math.min(this.#at, end);
		this.#inkEnd = isInk ? this.#at : this.#inkEnd;
		return closed;
	}

	/** The string that the text is in, and not in code within it. */
	#string(): StringRule | undefined {
		const top = this.#stack.at(-1);
		return top?.kind === "string" || top?.kind === "prose" ? top.rule : undefined;
	}

	#stepInString(rule: StringRule, end: number): OpenFrame | undefined {
		const text = this.#text;
		const at = this.#at;
		const char = text.charAt(at);
		if (closerOf.has(char)) {
			this.#at++;
			this.#openInString(char, rule);
			return undefined;
		}
		if (char === escapeSigns[rule.escape]) {
			this.#at += rule.holes.some((hole) => text.startsWith(hole, at)) ? 1 : 2;
			return undefined;
		}
		if (text.startsWith(rule.delimiter, at)) {
			const { length } = rule.delimiter;
			const isDoubled =
				(rule.escape === "doubled" || rule.escape === "backtick") &&
				at + 2 * length <= end &&
				text.startsWith(rule.delimiter, at + length);
			this.#at += isDoubled ? 2 * length : length;
			return isDoubled ? undefined : this.#closeString();
		}
		this.#at++;
		if (char === "\n" && !rule.isMultiline) {
			this.#closeString();
		} else if (closers.has(char) && this.#stack.at(-1)?.close === char) {
			return this.#stack.pop();
		}
		return undefined;
	}

	/** A bracket in a string: code begins with it, or it stands for itself. The place at hand is after it. */
	#openInString(char: string, rule: StringRule): void {
		const text = this.#text;
		const isHole = rule.holes.some((hole) => {
			const start = this.#at - 1 - hole.indexOf(char);
			const isEscaped = text.charAt(start - 1) === escapeSigns[rule.escape];
			return hole.includes(char) && text.startsWith(hole, start) && !isEscaped;
		});
		if (!isHole && char === "{" && this.#hasHoleBraces()) {
			if (text.charAt(this.#at) === "{") {
				// Two of them stand for the sign.
				this.#at++;
				return;
			}
			this.#open(char, "hole", undefined);
			return;
		}
		this.#open(char, isHole ? "hole" : "prose", isHole ? undefined : rule);
	}

	/** Whether `{` begins code in the string that is open: it has the prefix for that. */
	#hasHoleBraces(): boolean {
		return this.#stack.at(-1)?.hasHoleBraces === true;
	}

	/** Ends the string with all that is open in it. */
	#closeString(): OpenFrame | undefined {
		let closed = this.#stack.pop();
		while (closed !== undefined && closed.kind !== "string") {
			closed = this.#stack.pop();
		}
		return closed;
	}

	#stepInCode(end: number): OpenFrame | undefined {
		const text = this.#text;
		const at = this.#at;
		const literalEnd = this.#regularExpressionEnd() ?? this.#characterEnd();
		if (literalEnd !== undefined) {
			this.#literal(literalEnd, end);
			return undefined;
		}
		const string = this.#rawStringAt() ?? this.#stringAt();
		if (string !== undefined) {
			this.#stack.push(string.frame);
			this.#at += string.openerLength;
			return undefined;
		}
		const char = text.charAt(at);
		this.#at += char === "\\" ? 2 : 1;
		if (closerOf.has(char)) {
			this.#open(char, "bracket", undefined);
		} else if (char === "<") {
			if (/[\p{L}_&*'"[(>]/u.test(text.charAt(at + 1)) || at + 1 >= end) {
				this.#open("<", "angle", undefined);
			}
		} else if (char === ">") {
			const isArrow = "-=".includes(text.charAt(at - 1)) && at > 0;
			return isArrow || this.#stack.at(-1)?.kind !== "angle" ? undefined : this.#stack.pop();
		} else if (closers.has(char)) {
			return this.#closeBracket(char);
		}
		return undefined;
	}

	/** Reads a literal without anything in it that opens or closes; one that goes on beyond `end` is open there. */
	#literal(literalEnd: number, end: number): void {
		const text = this.#text;
		if (literalEnd <= end) {
			this.#at = literalEnd;
			return;
		}
		const delimiter = text.charAt(this.#at);
		this.#at++;
		const rule = { ...uncertainString, delimiter, holePrefixes: [] };
		this.#stack.push({ close: delimiter, kind: "string", rule, hasHoleBraces: false });
	}

	#open(opener: string, kind: OpenFrame["kind"], rule: StringRule | undefined): void {
		const close = closerOf.get(opener) ?? ">";
		const hasHoleBraces = kind === "prose" && this.#hasHoleBraces();
		this.#stack.push({ close, kind, rule, hasHoleBraces });
	}

	/** A comparison before it is no bracket; one of another kind was opened by mistake, or this one closes by mistake. */
	#closeBracket(char: string): OpenFrame | undefined {
		let depth = this.#stack.length - 1;
		while (this.#stack[depth]?.kind === "angle") {
			depth--;
		}
		const frame = this.#stack[depth];
		if (frame?.close !== char) {
			return undefined;
		}
		this.#stack.length = depth;
		return frame;
	}

	#commentEnd(end: number): number | undefined {
		const text = this.#text;
		const at = this.#at;
		const { lineComments, blockComment } = this.#rules;
		if (blockComment !== undefined && text.startsWith(blockComment[0], at)) {
			const close = text.indexOf(blockComment[1], at + blockComment[0].length);
			return close < 0 || close >= end ? end : close + blockComment[1].length;
		}
		const before = text.charAt(at - 1);
		const begins = lineComments.some(
			(sign) =>
				text.startsWith(sign, at) &&
				// In a shell and in addresses the sign also stands within words.
				(at === 0 || sign === ";" || !/[\p{L}\p{N}_$:{"'`]/u.test(before)) &&
				(this.#rules.apostrophe !== "uncertain" || this.#isBetweenStatements()),
		);
		return begins ? this.#lineEnd(end) : undefined;
	}

	/** Two slashes divide in some languages: a comment stands at the start of a line or after a statement. */
	#isBetweenStatements(): boolean {
		const before = this.#text.slice(Math.max(0, this.#at - maxSpacesLookedAt), this.#at).trimEnd();
		return before === "" || ";{},\n".includes(before.slice(-1));
	}

	#lineEnd(end: number): number {
		const newline = this.#text.indexOf("\n", this.#at);
		return newline < 0 ? end : Math.min(newline, end);
	}

	/** The end of a regular expression that begins here: where an operand is due, and closed on its line. */
	#regularExpressionEnd(): number | undefined {
		const text = this.#text;
		if (!this.#rules.hasRegularExpressions || text.charAt(this.#at) !== "/") {
			return undefined;
		}
		const before = text.slice(Math.max(0, this.#at - maxSpacesLookedAt), this.#at).trimEnd();
		if (!"(,=:[!&|?{};~".includes(before.slice(-1))) {
			return undefined;
		}
		const lineEnd = this.#lineEnd(text.length);
		if (this.#isKnownUnclosed("/", this.#at)) {
			return undefined;
		}
		let isInClass = false;
		for (let at = this.#at + 1; at < lineEnd; at++) {
			const char = text.charAt(at);
			if (char === "\\") {
				at++;
			} else if (char === "[") {
				isInClass = true;
			} else if (char === "]") {
				isInClass = false;
			} else if (char === "/" && !isInClass) {
				return at + 1;
			}
		}
		this.#unclosed.set("/", { from: this.#at, to: lineEnd });
		return undefined;
	}

	#isKnownUnclosed(delimiter: string, at: number): boolean {
		const known = this.#unclosed.get(delimiter);
		return known !== undefined && at >= known.from && at <= known.to;
	}

	/** The raw string that begins here. Its opener can't be taken for anything else, so that nothing has to end it. */
	#rawStringAt(): OpenedString | undefined {
		const { rawStrings, strings } = this.#rules;
		const at = this.#at;
		const raw = rawStrings && rawStringAt(rawStrings, this.#text, at, strings);
		return raw && { frame: stringFrame(raw.rule, this.#text, at), openerLength: raw.openerLength };
	}

	/** The string that begins here. One that nothing ends counts for none: a sign for inches, an odd apostrophe. */
	#stringAt(): OpenedString | undefined {
		const text = this.#text;
		const at = this.#at;
		const rule =
			this.#rules.strings.find(({ delimiter }) => text.startsWith(delimiter, at)) ??
			(this.#rules.apostrophe === "uncertain" && text.charAt(at) === "'"
				? uncertainString
				: undefined);
		if (rule === undefined) {
			return undefined;
		}
		const { delimiter } = rule;
		const before = text.slice(Math.max(0, at - 4), at);
		if (delimiter === "'" && beforePrime.test(before.slice(-1)) && !stringPrefix.test(before)) {
			return undefined;
		}
		const close = this.#closingQuote(rule, at + delimiter.length);
		// A string isn't followed by a word: two of these both open, as lifetimes and quoted symbols do.
		return close === undefined ||
			(rule === uncertainString && wordUnit.test(text.charAt(close + 1)))
			? undefined
			: { frame: stringFrame(rule, text, at), openerLength: delimiter.length };
	}

	/** Where the string of `rule` may end whose content begins at `from`. */
	#closingQuote(rule: StringRule, from: number): number | undefined {
		const text = this.#text;
		const { delimiter } = rule;
		if (this.#isKnownUnclosed(delimiter, from)) {
			return undefined;
		}
		let at = from;
		while (at < text.length && (rule.isMultiline || text.charAt(at) !== "\n")) {
			if (text.startsWith(delimiter, at)) {
				return at;
			}
			at += text.charAt(at) === escapeSigns[rule.escape] ? 2 : 1;
		}
		this.#unclosed.set(delimiter, { from, to: at });
		return undefined;
	}

	/** The end of `'x'` or `'\n'`, where an apostrophe begins such a literal. */
	#characterEnd(): number | undefined {
		const text = this.#text;
		if (this.#rules.apostrophe !== "character" || text.charAt(this.#at) !== "'") {
			return undefined;
		}
		const at = this.#at + 1;
		if (text.charAt(at) === "\\") {
			const close = text.slice(at + 2, at + maxEscapeUnits).indexOf("'");
			return close < 0 ? undefined : at + 2 + close + 1;
		}
		const point = text.codePointAt(at);
		const close = at + (point !== undefined && point > 0xffff ? 2 : 1);
		return text.charAt(at) !== "\n" && text.charAt(close) === "'" ? close + 1 : undefined;
	}
}

/** Back from a sign to what stands before it: alignment in front of a comment at most. */
const maxSpacesLookedAt = 64;

/** The longest are `\u{10FFFF}` and its like. */
const maxEscapeUnits = 12;
