import { codeBlocks } from "../../src/chat/edits/codeBlocks.ts";
import { proposedChange } from "../../src/chat/edits/proposedChange.ts";

/** `body` as a fenced block of an answer. */
export function block(info: string, body: string): string {
	return `\`\`\`${info}\n${body}\n\`\`\`\n`;
}

/** The document after the first block of an answer was applied; "refused: …" with the sentence where it wasn't. */
export function applied(
	answer: string,
	path: string,
	text: string,
	range?: { readonly start: number; readonly end: number },
): string {
	const [first] = codeBlocks(answer);
	if (first === undefined) {
		return "no block";
	}
	const change = proposedChange(first, { path, text, range });
	return change.kind === "change" ? change.text : `refused: ${change.sentence}`;
}
