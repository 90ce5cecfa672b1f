import type { LineEdit } from "../../nextEdit/lineEdit.ts";
import { pictureOf } from "./editPicture.ts";
import type { FoundEdit } from "./searchProtocol.ts";

/**
 * What is less likely isn't shown in the editor, in (0, 1). On the public cases that the gate wasn't fitted on, 80 of 100 shown are right then,
 * and 89 where the next change repeats one; the search itself, for which a wrong answer costs nothing, takes less: see bench/results.
 */
export const minShownProbability = 0.5;

/** What became of an edit that was found. */
export type Verdict = "shown" | "unlikely" | "dismissed" | "unshowable";

export interface JudgedEdit {
	readonly found: FoundEdit;
	readonly verdict: Verdict;
}

/** What a person didn't want: kinds of edits, each with how many edits spoke for it then. */
export type Dismissed = ReadonlyMap<string, number>;

/** What is to be shown of what was found in a document of so many lines. Who does by hand what was dismissed is helped again. */
export function judged(
	found: readonly FoundEdit[],
	lineCount: number,
	dismissed: Dismissed,
): readonly JudgedEdit[] {
	const verdictOf = ({ edit, probability, kind, support }: FoundEdit): Verdict => {
		if (probability < minShownProbability) {
			return "unlikely";
		}
		if (support <= (dismissed.get(kind) ?? -1)) {
			return "dismissed";
		}
		return pictureOf(edit, lineCount) === undefined ? "unshowable" : "shown";
	};
	return found.map((one) => ({ found: one, verdict: verdictOf(one) }));
}

/** Edits of one kind, of which one is next. */
export interface ShownEdits {
	readonly current: FoundEdit;
	/** The others of its kind, from top to bottom. */
	readonly others: readonly FoundEdit[];
}

/**
 * Of those that may be shown, the one to prefer first, the kind that was being worked on or else that one's; of that kind the first at or below a
 * line, or else the topmost: somebody goes through a file from top to bottom.
 */
export function shownEdits(
	edits: readonly FoundEdit[],
	fromLine: number,
	kind: string | undefined,
): ShownEdits | undefined {
	const wanted = edits.some((found) => found.kind === kind) ? kind : edits[0]?.kind;
	const ofKind = edits
		.filter((found) => found.kind === wanted)
		.sort((a, b) => a.edit.line - b.edit.line);
	const current = ofKind.find(({ edit }) => edit.line >= fromLine) ?? ofKind[0];
	return current && { current, others: ofKind.filter((found) => found !== current) };
}

/** Lines that are on the screen: from and to, both inclusive. Folded ones lie between two stretches. */
export interface VisibleLines {
	readonly from: number;
	readonly to: number;
}

/** Whether all of an edit's lines are on the screen; of one that puts something in, the line that it is put behind. */
export function isOnScreen({ line, old }: LineEdit, visible: readonly VisibleLines[]): boolean {
	const [first, last] =
		old.length === 0
			? [Math.max(0, line - 1), Math.max(0, line - 1)]
			: [line, line + old.length - 1];
	return visible.some(({ from, to }) => from <= first && last <= to);
}

/**
 * Whether Tab is about the edit, and not about the cursor: in front of a line's text it indents, except where somebody has gone to that line for the
 * edit.
 */
export function takesTab(
	{ line, old }: LineEdit,
	cursor: { readonly line: number; readonly textBefore: string },
): boolean {
	const [first, last] = old.length === 0 ? [line - 1, line] : [line, line + old.length - 1];
	const isAtEdit = first <= cursor.line && cursor.line <= last;
	return isAtEdit || cursor.textBefore.trim() !== "";
}

/**
 * What Tab does about an edit: puts it in where all of it is on the screen, else goes there. Where that was done and it still isn't, since the
 * editor is too small or a part is folded, it is proposed as a diff: going there again would take Tab for ever.
 */
export function tabStep(
	edit: LineEdit,
	visible: readonly VisibleLines[],
	cursor: { readonly line: number; readonly hasGoneThere: boolean },
): "putIn" | "goTo" | "propose" {
	if (isOnScreen(edit, visible)) {
		return "putIn";
	}
	// Whoever has scrolled away is taken back first.
	const isVisible = visible.some(({ from, to }) => from <= cursor.line && cursor.line <= to);
	return cursor.hasGoneThere && isVisible ? "propose" : "goTo";
}
