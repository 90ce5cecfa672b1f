import type { ScannedLine } from "../lineTokens.ts";
import type { ProposerName } from "../proposerName.ts";

/** Units [start, end) of a line become `text`. */
export interface Span {
	readonly start: number;
	readonly end: number;
	readonly text: string;
}

/** What a rule finds on a line, in order and without overlap. */
export interface RuleMatch {
	readonly spans: readonly Span[];
}

/** How one line is rewritten, learned from an edit. A pure function of the line and the one behind it. */
export interface LineRule {
	readonly proposer: ProposerName;
	/** Rules of the same key do the same. */
	readonly key: string;
	/** Stands on every line that the rule matches, in any case; "" where nothing is sure to. */
	readonly anchor: string;
	/** Units of names that the pattern asks for, and how many of its tokens are there only to tell the place. */
	readonly nameUnits: number;
	readonly contextTokens: number;
	/** The name that it replaces by another, where it does nothing else. */
	readonly renames: { readonly old: string; readonly next: string } | undefined;
	/** Whether what it replaces stays a part of what is written instead. */
	readonly isExtension: boolean;
	match(line: ScannedLine): RuleMatch | undefined;
}

/** The line with the spans of a match written into it. */
export function rewritten(line: string, spans: readonly Span[]): string {
	let result = "";
	let at = 0;
	for (const { start, end, text } of spans) {
		result += line.slice(at, start) + text;
		at = end;
	}
	return result + line.slice(at);
}
