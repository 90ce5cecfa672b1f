import * as z from "zod";
import { UserError } from "../../base/userError.ts";
import { offsetAt } from "../location.ts";

const metaSchema = z.object({ meta: z.object({ file: z.string() }) });

const editSchema = z.object({
	t_ms: z.number(),
	op: z.enum(["insert", "delete"]),
	text: z.string(),
	/** Zero-based. */
	line: z.int().nonnegative(),
	/** Zero-based, UTF-16. */
	col: z.int().nonnegative(),
});

type TraceEdit = z.infer<typeof editSchema>;

/** The document after one edit of a recorded typing session, with the cursor where the edit left it. */
export interface Keystroke {
	readonly text: string;
	readonly offset: number;
	/** One character was typed right where the cursor stood: the case that has to be fast. */
	readonly typedForward: boolean;
	/** Milliseconds from this edit to the next one; 0 after the last. */
	readonly pauseMs: number;
}

export interface Trace {
	/** Path of the edited file, as the model is told. */
	readonly path: string;
	readonly keystrokes: readonly Keystroke[];
}

/**
 * Reads a trace (format in bench/traces/README.md) and replays it over `before`.
 * Throws a UserError when a line doesn't parse or an edit doesn't fit the text.
 */
export function parseTrace(jsonLines: string, before: string): Trace {
	const [head, ...lines] = jsonLines.split("\n").filter((line) => line !== "");
	const meta = metaSchema.safeParse(parseJson(head ?? "", 1));
	if (!meta.success) {
		throw new UserError("badTrace", "The first line of the trace has no meta.file.");
	}
	const keystrokes: Keystroke[] = [];
	const edits = lines.map((line, index) => {
		const edit = editSchema.safeParse(parseJson(line, index + 2));
		if (!edit.success) {
			throw new UserError("badTrace", `Line ${index + 2} of the trace is not an edit.`);
		}
		return edit.data;
	});
	let text = before;
	let cursor = -1;
	for (const [index, edit] of edits.entries()) {
		const start = startOf(edit, text, index + 2);
		const inserted = edit.op === "insert" ? edit.text : "";
		const removed = edit.op === "delete" ? edit.text.length : 0;
		text = text.slice(0, start) + inserted + text.slice(start + removed);
		const offset = start + inserted.length;
		keystrokes.push({
			text,
			offset,
			typedForward: inserted.length === 1 && inserted !== "\n" && start === cursor,
			pauseMs: Math.max(0, (edits[index + 1]?.t_ms ?? edit.t_ms) - edit.t_ms),
		});
		cursor = offset;
	}
	return { path: meta.data.meta.file, keystrokes };
}

function startOf(edit: TraceEdit, text: string, lineNumber: number): number {
	const start = offsetAt(text, edit.line, edit.col);
	if (start === undefined || (edit.op === "delete" && !text.startsWith(edit.text, start))) {
		throw new UserError("badTrace", `Line ${lineNumber} of the trace doesn't fit the text.`);
	}
	return start;
}

function parseJson(line: string, lineNumber: number): unknown {
	try {
		return JSON.parse(line);
	} catch (cause) {
		throw new UserError("badTrace", `Line ${lineNumber} of the trace is not JSON.`, { cause });
	}
}
