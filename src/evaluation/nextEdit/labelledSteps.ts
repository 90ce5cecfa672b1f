import { applyLineEdit, type LineEdit } from "../../nextEdit/lineEdit.ts";
import { candidatesFor, type JudgedCandidate } from "../../nextEdit/nextEdit.ts";
import { languageIdOfPath } from "../../context/files/languageIds.ts";
import type { EditStep } from "./editCases.ts";

export interface LabelledCandidate extends JudgedCandidate {
	/** Whether it is one of the changes that were made, to the letter. */
	readonly isRight: boolean;
}

export interface LabelledStep {
	readonly step: EditStep;
	readonly candidates: readonly LabelledCandidate[];
}

export function labelStep(step: EditStep): LabelledStep {
	const { lines, edits, next, file } = step;
	const candidates = candidatesFor({ lines, edits, languageId: languageIdOfPath(file) });
	const wanted = new Set(next.map((edit) => applyLineEdit(lines, edit).join("\n")));
	return {
		step,
		candidates: candidates.map((candidate) => ({
			...candidate,
			isRight:
				next.some((edit) => isNear(edit, candidate.edit)) &&
				wanted.has(applyLineEdit(lines, candidate.edit).join("\n")),
		})),
	};
}

/** Lines that are put between equal ones may be said to stand in several places. */
const slack = 40;

function isNear(a: LineEdit, b: LineEdit): boolean {
	return (
		a.next.length - a.old.length === b.next.length - b.old.length &&
		a.line <= b.line + b.old.length + slack &&
		b.line <= a.line + a.old.length + slack
	);
}
