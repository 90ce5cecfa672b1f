import { WrittenLines } from "./writtenLines.ts";
import type { SyntaxService } from "../context/syntax/syntaxService.ts";
import type { CompletionConfig } from "./completionProvider.ts";
import { isWithinLine, type CompletionPlace } from "./completionPlace.ts";

/** More lines than one takes in at a glance; also bounds what a wrong guess costs. */
const maxLines = 12;

/** Decides while the model writes where its answer ends. */
export interface StopRule {
	/**
	 * How much of `text`, all that was written so far, is the answer; undefined while more is needed.
	 * `text` only grows between calls.
	 */
	endOf(text: string, signal: AbortSignal): Promise<number | undefined>;
}

/** `cursorLine` is the rest of the cursor's line; `one` the first line with text. */
export type StopRuleLines = "cursorLine" | "one" | "statement" | "many";

interface StopRuleOptions {
	readonly place: CompletionPlace;
	readonly lines: StopRuleLines;
	readonly syntax: SyntaxService;
}

/** The lines that an answer may have: a comment or a string has none of its own syntax to decide. */
export function linesFor(
	place: CompletionPlace,
	multiline: CompletionConfig["multiline"],
	kind: "code" | "comment" | "string" | "unknown",
): StopRuleLines {
	if (place.slot !== undefined) {
		return "cursorLine";
	}
	if (isWithinLine(place) || multiline === "never" || kind === "string") {
		return "one";
	}
	return multiline === "always" ? "many" : "statement";
}

export function createStopRule(options: StopRuleOptions): StopRule {
	const written = new WrittenLines(nextLine(options.place));
	let asked: AskedAbout = { length: 0, lineBreaks: 0, isAtLineStart: false };
	return {
		endOf: async (text, signal) => {
			written.read(text);
			if (written.copyStart !== undefined) {
				return written.copyStart;
			}
			switch (options.lines) {
				case "cursorLine":
					return written.firstLineBreak;
				case "one":
					return written.endOfLine(0);
				case "many":
					return written.paragraphEnd ?? written.endOfLine(maxLines - 1);
				case "statement": {
					const limit = written.endOfLine(maxLines - 1);
					if (isWorthAsking(asked, written)) {
						asked = {
							length: text.length,
							lineBreaks: written.lineBreaks,
							isAtLineStart: written.isAtLineStart,
						};
						const end = await endOfStatement(options, text, written, signal);
						if (end !== undefined) {
							return limit === undefined ? end : Math.min(end, limit);
						}
					}
					return limit;
				}
			}
		},
	};
}

/** How far the text had come when the syntax was asked about it last. */
interface AskedAbout {
	readonly length: number;
	readonly lineBreaks: number;
	readonly isAtLineStart: boolean;
}

/**
 * Whether the syntax may have something new to say: a line has ended, or the first sign of the next one
 * shows whether the statement goes on there. Nothing was said before there is any text.
 */
function isWorthAsking(asked: AskedAbout, written: WrittenLines): boolean {
	const hasNewInk = written.inkEnd > asked.length;
	const hasEndedLine = written.lineBreaks > asked.lineBreaks;
	return written.inkEnd > 0 && (hasEndedLine || (asked.isAtLineStart && hasNewInk));
}

async function endOfStatement(
	{ place, syntax }: StopRuleOptions,
	text: string,
	written: WrittenLines,
	signal: AbortSignal,
): Promise<number | undefined> {
	const extent = await syntax.extentOf(
		{
			languageId: place.languageId,
			// As the model sees it: it writes the closers on the rest of the line itself.
			text: place.text.slice(0, place.offset) + place.text.slice(place.suffixStart),
			offset: place.offset,
			candidate: text,
		},
		signal,
	);
	switch (extent.kind) {
		case "open":
			return undefined;
		case "complete":
			return extent.length;
		case "unknown":
			// Without a grammar the first line is all that is known to belong together.
			return written.endOfLine(0);
	}
}

/** The next line with text after the cursor's, where it has a word: brackets alone repeat all the time. */
function nextLine(place: CompletionPlace): string | undefined {
	const [next] = place.text
		.slice(place.suffixStart, place.suffixStart + 1000)
		.split("\n")
		.slice(1)
		.map((line) => line.trimEnd())
		.filter((line) => line !== "");
	return next !== undefined && /[\p{L}\p{N}]{2}/u.test(next) ? next : undefined;
}
