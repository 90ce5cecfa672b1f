import type { SyntaxService } from "../context/syntax/syntaxService.ts";
import type { CompletionConfig } from "./completionProvider.ts";
import type { CompletionPlace } from "./completionPlace.ts";

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

interface StopRuleOptions {
	readonly place: CompletionPlace;
	readonly lines: "one" | "statement" | "many";
	readonly syntax: SyntaxService;
}

/** The lines that an answer may have: a comment or a string has none of its own syntax to decide. */
export function linesFor(
	multiline: CompletionConfig["multiline"],
	kind: "code" | "comment" | "string" | "unknown",
): StopRuleOptions["lines"] {
	if (multiline === "never" || kind === "string") {
		return "one";
	}
	return multiline === "always" ? "many" : "statement";
}

export function createStopRule(options: StopRuleOptions): StopRule {
	const { place } = options;
	const next = nextLine(place);
	let asked = "";
	return {
		endOf: async (text, signal) => {
			const copied = startOfCopy(text, next);
			if (copied !== undefined) {
				return copied;
			}
			switch (options.lines) {
				case "one":
					return endOfLine(text, 0);
				case "many":
					return endOfParagraph(text) ?? endOfLine(text, maxLines - 1);
				case "statement": {
					const limit = endOfLine(text, maxLines - 1);
					if (isWorthAsking(asked, text)) {
						asked = text;
						const end = await endOfStatement(options, text, signal);
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

/**
 * Whether the syntax may have something new to say: a line has ended, or the first sign of the next one
 * shows whether the statement goes on there.
 */
function isWorthAsking(asked: string, text: string): boolean {
	const added = text.slice(asked.length);
	const isOnNewLine =
		asked.slice(asked.lastIndexOf("\n") + 1).trim() === "" && asked.includes("\n");
	return added.includes("\n") || (isOnNewLine && added.trim() !== "");
}

async function endOfStatement(
	{ place, syntax }: StopRuleOptions,
	text: string,
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
			return endOfLine(text, 0);
	}
}

/** The end of line `index`, counted from the first with text; undefined while it isn't there. */
function endOfLine(text: string, index: number): number | undefined {
	let from = text.length - text.trimStart().length;
	for (let line = 0; line <= index; line++) {
		const newline = text.indexOf("\n", from);
		if (newline < 0) {
			return undefined;
		}
		if (line === index) {
			return newline;
		}
		from = newline + 1;
	}
	return undefined;
}

/** Where the first blank line after some text begins. */
function endOfParagraph(text: string): number | undefined {
	const blank = /\S[^\n]*(\n[ \t]*\n)/.exec(text);
	return blank === null ? undefined : blank.index + blank[0].length - (blank[1] ?? "").length;
}

/** Where a whole line of the answer after the first repeats the next line of the document. */
function startOfCopy(text: string, next: string | undefined): number | undefined {
	if (next === undefined) {
		return undefined;
	}
	for (
		let start = text.indexOf("\n");
		start >= 0 && text.includes("\n", start + 1);
		start = text.indexOf("\n", start + 1)
	) {
		if (text.slice(start + 1, text.indexOf("\n", start + 1)).trimEnd() === next) {
			return start;
		}
	}
	return undefined;
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
