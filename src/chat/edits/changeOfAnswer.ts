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

/** Not in another language than the document's. */
function isWrittenFor(block: CodeBlock, path: string): boolean {
	const own = codeLanguageOf(path, "").id;
	const other = codeLanguageOf("", block.info).id;
	return (
		block.language === "" ||
		isDiff(block) ||
		own === "plaintext" ||
		other !== "shellscript" ||
		own === other
	);
}
