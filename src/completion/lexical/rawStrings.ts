import type { StringRule } from "./stringRule.ts";

/**
 * How a language writes strings in which a backslash stands for itself:
 *
 * - `delimited`: `R"tag(…)tag"`, as in C++;
 * - `dashed`: `r"--(…)--"`, as in R;
 * - `hashed`: `r#"…"#`, as in Rust;
 * - `pounds`: `#"…"#`, as in Swift;
 * - `lettered`: `r"…"`, as in Rust and Dart;
 * - `verbatim`: `@"…"`, as in C#, where two quotes stand for one.
 */
export type RawStringForm = "delimited" | "dashed" | "hashed" | "pounds" | "lettered" | "verbatim";

/** A string that begins, and how long what begins it is from its quote on. */
export interface RawString {
	readonly rule: StringRule;
	readonly openerLength: number;
}

/** Before a quote: the letters and signs that make the string raw. Longer tags than these nobody writes. */
const maxPrefixUnits = 24;
const maxOpenerUnits = 24;

const closingBracket: ReadonlyMap<string, string> = new Map([
	["(", ")"],
	["[", "]"],
	["{", "}"],
]);

/** The raw string whose quote stands at `at`. `plain` are the rules of the language's other strings. */
export function rawStringAt(
	forms: readonly RawStringForm[],
	text: string,
	at: number,
	plain: readonly StringRule[],
): RawString | undefined {
	const quote = text.charAt(at);
	if (forms.length === 0 || (quote !== '"' && quote !== "'")) {
		return undefined;
	}
	const before = text.slice(Math.max(0, at - maxPrefixUnits), at);
	const opener = text.slice(at, at + maxOpenerUnits);
	for (const form of forms) {
		const found = readers[form](before, opener, plain);
		if (found !== undefined) {
			return found;
		}
	}
	return undefined;
}

type Reader = (
	before: string,
	opener: string,
	plain: readonly StringRule[],
) => RawString | undefined;

const readers: Readonly<Record<RawStringForm, Reader>> = {
	delimited: (before, opener) => {
		const tag = /(?:^|[^\p{L}\p{N}_])(?:u8|[uUL])?R$/u.test(before)
			? /^"([^\s()\\"]{0,16})\(/.exec(opener)?.[1]
			: undefined;
		return tag === undefined ? undefined : raw(`)${tag}"`, tag.length + 2);
	},
	dashed: (before, opener) => {
		const match = /(?:^|[^\p{L}\p{N}_.])[rR]$/u.test(before)
			? /^(["'])(-{0,16})([([{])/.exec(opener)
			: null;
		if (match === null) {
			return undefined;
		}
		const [whole, quote = "", dashes = "", bracket = ""] = match;
		return raw(`${closingBracket.get(bracket) ?? ""}${dashes}${quote}`, whole.length);
	},
	hashed: (before, opener) => {
		const hashes = /(?:^|[^\p{L}\p{N}_])[bc]?r(#{1,16})$/u.exec(before)?.[1];
		return hashes === undefined || !opener.startsWith('"') ? undefined : raw(`"${hashes}`, 1);
	},
	pounds: (before, opener) => {
		const pounds = /(?:^|[^#])(#{1,16})$/.exec(before)?.[1];
		const quotes = /^"(?:"")?/.exec(opener)?.[0];
		return pounds === undefined || quotes === undefined
			? undefined
			: raw(quotes + pounds, quotes.length, { holes: [`\\${pounds}(`] });
	},
	lettered: (before, opener, plain) => {
		const rule = /(?:^|[^\p{L}\p{N}_])[bc]?r$/u.test(before)
			? plain.find(({ delimiter }) => opener.startsWith(delimiter))
			: undefined;
		return rule === undefined ? undefined : raw(rule.delimiter, rule.delimiter.length);
	},
	verbatim: (before, opener, plain) => {
		const isVerbatim = /@\$?$/.test(before) && opener.startsWith('"');
		const rule = isVerbatim ? plain.find(({ delimiter }) => delimiter === '"') : undefined;
		return rule === undefined
			? undefined
			: raw('"', 1, { escape: "doubled", holePrefixes: rule.holePrefixes });
	},
};

function raw(
	delimiter: string,
	openerLength: number,
	options: Partial<StringRule> = {},
): RawString {
	return {
		rule: {
			delimiter,
			holes: [],
			holePrefixes: [],
			escape: "none",
			isMultiline: true,
			...options,
		},
		openerLength,
	};
}
