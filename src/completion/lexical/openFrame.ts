import type { StringRule } from "./stringRule.ts";

/** Something that was opened, and what closes it. */
export interface OpenFrame {
	readonly close: string;
	/**
	 * - `bracket`, and `hole` for one that begins code within a string;
	 * - `angle`: may as well have been a comparison, and stands in nobody's way;
	 * - `prose`: a bracket among the words of a string, which ends with the string at the latest.
	 */
	readonly kind: "bracket" | "hole" | "angle" | "prose" | "string";
	/** Of a string, or of the string that prose stands in. */
	readonly rule: StringRule | undefined;
	/** Of a string, and of prose in it: whether `{` begins code there. */
	readonly hasHoleBraces: boolean;
}

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
