import type { ContextPiece } from "../context/source.ts";
import type { GenerateStats } from "../engine/engine.ts";
import type { TokenId, Tokenizer } from "../tokenizer/tokenizer.ts";

/** What one prompt is made of. */
export interface PromptTrace {
	/** Of the file at hand. */
	readonly path: string;
	readonly promptTokens: number;
	/** Pieces of other files that are in it, in its order: the most relevant last. */
	readonly pieces: readonly ContextPiece[];
	/** Pieces that were found and had no room. */
	readonly leftOut: number;
	/** Before the cursor, without what token healing took off. */
	readonly prefix: readonly TokenId[];
	readonly suffix: readonly TokenId[];
}

/**
 * A prompt as text for people, in the order of suffix-prefix-middle; `syntaxes/promptTrace.tmLanguage.json` colours
 * it. Every line of content begins with "| ", so that no text of a file can look like a heading.
 */
export function describePrompt(trace: PromptTrace, tokenizer: Tokenizer): string {
	const { path, promptTokens, pieces, leftOut, prefix, suffix } = trace;
	const heading = `# ${oneLine(path)}: ${promptTokens} tokens, ${pieces.length} pieces of other files`;
	const left = leftOut === 0 ? [] : [`# ${leftOut} more had no room`];
	return [
		heading,
		...left,
		"",
		...pieces.flatMap((piece) => [
			`## ${oneLine(piece.path)}:${piece.startLine + 1}-${piece.endLine + 1} · ${piece.reason} · score ${piece.score.toFixed(2)} · ${piece.tokens} tokens`,
			...quoted(piece.text),
			"",
		]),
		`## after the cursor · ${suffix.length} tokens`,
		...quoted(textOf(suffix, tokenizer)),
		"",
		`## before the cursor · ${prefix.length} tokens`,
		...quoted(textOf(prefix, tokenizer)),
		"",
	].join("\n");
}

/** What an answer cost, and how much of it came from what was learned; nothing of that for a request without. */
export function describeAnswer({
	prefilledTokens,
	promptTokens,
	isStandIn,
	adaptation,
}: Pick<GenerateStats, "prefilledTokens" | "promptTokens" | "isStandIn" | "adaptation">): string {
	const standIn = isStandIn
		? "# Not all of this had been read yet: a shorter prompt around the cursor was answered instead\n"
		: "";
	const read = `${standIn}# ${prefilledTokens} of ${promptTokens} prompt tokens were read for it; the others were known\n`;
	return adaptation === undefined
		? read
		: `${read}# ${Math.round(100 * adaptation.learnedShare)} % of the answer's probability came from this repository and this file (${adaptation.mixedTokens} tokens mixed)\n`;
}

function quoted(text: string): string[] {
	return text.split("\n").map((line) => `| ${line.replaceAll("\r", "")}`);
}

function oneLine(text: string): string {
	return text.replaceAll(/[\r\n]+/g, " ");
}

function textOf(tokens: readonly TokenId[], tokenizer: Tokenizer): string {
	const decoder = tokenizer.createStreamDecoder();
	return decoder.push(tokens) + decoder.end();
}
