import type { StringRule } from "./lexicalRules.ts";
import type { OpenFrame } from "./lexicalScanner.ts";

const wordUnit = /[\p{L}\p{N}_]/u;

/** The frame of a string of `rule` whose quote stands at `at`. */
export function stringFrame(rule: StringRule, text: string, at: number): OpenFrame {
	const before = text.slice(Math.max(0, at - 4), at);
	return {
		close: rule.delimiter,
		kind: "string",
		rule,
		hasHoleBraces: hasHolePrefix(rule, before),
	};
}

/** Whether `before`, what stands before a quote, ends with a prefix that makes `{` begin code in the string. */
function hasHolePrefix(rule: StringRule, before: string): boolean {
	const lower = before.toLowerCase();
	return rule.holePrefixes.some(
		(prefix) =>
			lower.endsWith(prefix) &&
			(!wordUnit.test(prefix) || !wordUnit.test(lower.charAt(lower.length - prefix.length - 1))),
	);
}
