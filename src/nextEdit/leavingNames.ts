import type { EditedDocument } from "./editedDocument.ts";
import { learnRules } from "./learnedRules.ts";
import { tokensOfLine } from "./lineTokens.ts";
import { recentOf } from "./nextEdit.ts";
import { isPlainWord } from "./nameScopes.ts";
import type { LineRule } from "./rules/rule.ts";

/** A name that edits were about, and that other files may know. */
export interface LeavingName {
	readonly name: string;
	/** What the edits have put in its place; undefined where the name stays, and what it takes has changed. */
	readonly next: string | undefined;
	/** Of the document as it is now, where those edits were made; ascending. */
	readonly lines: readonly number[];
	/** Of the rule that follows it, and how many edits speak for that. */
	readonly kind: string;
	readonly support: number;
	/** Whether several edits say so, and none of the document's lines has the old name any more. */
	readonly isRepeated: boolean;
}

/** Names of the newest edits. */
export const maxLeavingNames = 8;
/** An edit of more lines is told by its first ones. */
const maxLines = 200;

/** The names that edits of a document were about, as far as other files may know them; whether they do is for an index to say. */
export function leavingNames(document: EditedDocument): readonly LeavingName[] {
	const recent = recentOf(document);
	const names = new Map<string, LeavingName>();
	for (const learned of learnRules(recent).lineRules) {
		const changed = nameChangedBy(learned.rule);
		const key = JSON.stringify(changed);
		if (changed === undefined || names.size >= maxLeavingNames || names.has(key)) {
			continue;
		}
		const lines = learned.edits.flatMap((number) => {
			const { line, next } = recent.edits[number] ?? { line: 0, next: [] };
			return next.map((_, i) => line + i);
		});
		names.set(key, {
			...changed,
			lines: [...new Set(lines)].sort((a, b) => a - b).slice(0, maxLines),
			kind: learned.rule.key,
			support: learned.edits.length,
			isRepeated:
				learned.edits.length > 1 && !recent.lines.some((line) => holdsName(line, changed.name)),
		});
	}
	return [...names.values()];
}

/** The name that a rule replaces, or whose parameters it follows, where it does nothing else. */
export function nameChangedBy({
	renames,
	proposer,
	anchor,
}: LineRule): Pick<LeavingName, "name" | "next"> | undefined {
	if (renames !== undefined) {
		const isOneThing = !isPlainWord(renames.old) && !isPlainWord(renames.next);
		return isOneThing ? { name: renames.old, next: renames.next } : undefined;
	}
	return proposer === "parameter" ? { name: anchor, next: undefined } : undefined;
}

function holdsName(line: string, name: string): boolean {
	return line.includes(name) && tokensOfLine(line).some(({ text }) => text === name);
}
