import type { LineRule, RuleMatch, Span } from "./rule.ts";
import type { ScannedLine } from "../lineTokens.ts";

/** The rule that makes all changes of a line in their order, whatever stands between them. */
export function everyChange(rules: readonly LineRule[]): LineRule {
	const sum = (of: (rule: LineRule) => number): number =>
		rules.reduce((total, rule) => total + of(rule), 0);
	return {
		proposer: "everyChange",
		key: JSON.stringify(["every", ...rules.map(({ key }) => key)]),
		anchor: rules.reduce(
			(longest, { anchor }) => (anchor.length > longest.length ? anchor : longest),
			"",
		),
		nameUnits: sum(({ nameUnits }) => nameUnits),
		contextTokens: sum(({ contextTokens }) => contextTokens),
		renames: undefined,
		isExtension: rules.every(({ isExtension }) => isExtension),
		match: (line) => matchInOrder(rules, line),
	};
}

function matchInOrder(rules: readonly LineRule[], line: ScannedLine): RuleMatch | undefined {
	const spans: Span[] = [];
	for (const rule of rules) {
		const last = spans.at(-1);
		const next = rule
			.match(line)
			?.spans.find(({ start }) => last === undefined || (start > last.start && start >= last.end));
		if (next === undefined) {
			return undefined;
		}
		spans.push(next);
	}
	return { spans };
}
