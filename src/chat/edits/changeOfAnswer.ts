import { codeBlocks, type CodeBlock } from "./codeBlocks.ts";
import { codeLanguageOf } from "./codeLanguage.ts";
import { isDiff } from "./diffBlock.ts";
import { proposedChange, type ChangeTarget, type ProposedChange } from "./proposedChange.ts";

/**
 * What an answer makes of a document: the first of its blocks that changes it. Models show the code as it was
 * before the new one, and commands to run; undefined for an answer without a block.
 */
export function changeOfAnswer(answer: string, target: ChangeTarget): ProposedChange | undefined {
	const blocks = codeBlocks(answer);
	const fitting = blocks.filter((block) => isWrittenFor(block, target.path));
	let first: ProposedChange | undefined;
	for (const block of fitting.length > 0 ? fitting : blocks) {
		const change = proposedChange(block, target);
		if (change.kind === "change") {
			return change;
		}
		first ??= change;
	}
	return first;
}

/** What fences say around commands and what they print. */
const commandLanguages = new Set(
	"bash sh shell zsh fish console terminal shell-session powershell ps1 cmd bat text txt output log".split(
		" ",
	),
);

/** Commands to run are the document's new text only where that is made of them. */
function isWrittenFor(block: CodeBlock, path: string): boolean {
	const own = codeLanguageOf(path, "").id;
	return (
		isDiff(block) ||
		!commandLanguages.has(block.language) ||
		["shellscript", "bash", "zsh", "powershell", "ps1", "bat", "cmd", "plaintext"].includes(own)
	);
}
