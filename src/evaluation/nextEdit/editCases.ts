import { readFile } from "node:fs/promises";
import * as z from "zod";
import { applyLineEdit, type LineEdit } from "../../nextEdit/lineEdit.ts";

const editSchema = z
	.object({ line: z.int().nonnegative(), old: z.array(z.string()), new: z.array(z.string()) })
	.transform(({ line, old, new: next }): LineEdit => ({ line, old, next }));

const caseSchema = z.object({
	id: z.string(),
	repo: z.string(),
	file: z.string(),
	lang: z.string(),
	kind: z.enum(["repeat", "other"]),
	before: z.string(),
	edits: z.array(editSchema).min(1),
	next: z.array(editSchema).min(1),
});

/** A file in the middle of a change: what was done to it, and what was done next. */
export interface EditStep {
	readonly repo: string;
	readonly file: string;
	readonly lang: string;
	readonly kind: "repeat" | "other";
	/** Whether it is the case as it was written down, and not one made of it. */
	readonly isCase: boolean;
	readonly lines: readonly string[];
	readonly edits: readonly LineEdit[];
	readonly next: readonly LineEdit[];
}

/** The cases of a file with one JSON a line, and what they are at each step before and after. */
export async function readEditSteps(path: string): Promise<readonly EditStep[]> {
	const lines = (await readFile(path, "utf8")).trim().split("\n");
	return lines.flatMap((line) => stepsOf(caseSchema.parse(JSON.parse(line))));
}

/** Long changes would count too much. */
const maxStepsOn = 4;

function stepsOf({ before, edits, next, ...rest }: z.infer<typeof caseSchema>): EditStep[] {
	const steps: EditStep[] = [];
	let lines: readonly string[] = before.split("\n");
	// Backwards: the last of the edits not made yet.
	const made = [...edits];
	let coming = [...next];
	while (made.length > 1) {
		const undone = made.pop();
		if (undone === undefined) {
			break;
		}
		const shift = undone.old.length - undone.next.length;
		lines = applyLineEdit(lines, { line: undone.line, old: undone.next, next: undone.old });
		coming = [undone, ...coming.map((edit) => ({ ...edit, line: edit.line + shift }))];
		steps.push({ ...rest, isCase: false, lines, edits: [...made], next: [...coming] });
	}
	lines = before.split("\n");
	steps.push({ ...rest, isCase: true, lines, edits, next });
	const done = [...edits];
	coming = [...next];
	while (coming.length > 1 && done.length < edits.length + maxStepsOn) {
		const [first, ...others] = coming;
		if (first === undefined) {
			break;
		}
		lines = applyLineEdit(lines, first);
		done.push(first);
		const shift = first.next.length - first.old.length;
		coming = others.map((edit) => ({ ...edit, line: edit.line + shift }));
		steps.push({ ...rest, isCase: false, lines, edits: [...done], next: coming });
	}
	return steps;
}
