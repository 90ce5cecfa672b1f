import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import * as z from "zod";
import { languageIdOfPath } from "../context/files/languageIds.ts";
import { isConsistent } from "../nextEdit/editedDocument.ts";
import { findJudgedNextEdits } from "../nextEdit/judge/judgedNextEdits.ts";
import type { EditJudge, JudgedDocument } from "../nextEdit/judge/modelJudge.ts";
import { findNextEdits, type NextEdit } from "../nextEdit/nextEdit.ts";
import { parseJsonLine } from "./jsonLine.ts";

const editSchema = z
	.object({ line: z.int().nonnegative(), old: z.array(z.string()), new: z.array(z.string()) })
	.transform(({ line, old, new: next }) => ({ line, old, next }));

const messageSchema = z.union([
	z.object({ op: z.literal("ping") }),
	z.object({
		op: z.undefined().optional(),
		id: z.union([z.string(), z.number()]).optional(),
		file: z.string().max(4096),
		content: z.string(),
		edits: z.array(editSchema),
	}),
]);

/**
 * Answers questions for the next edit, one JSON a line: `{"op":"ping"}` is acknowledged with `{"ok":true}`; a query
 * `{id?, file, content, edits: [{line, old, new}]}`, the newest edit last and each with the line where it stands in `content`, gets
 * `{id?, edit: {line, old, new}, probability, proposers}`, or `{id?, edit: null}` where nothing is likely enough; a line that is
 * neither gets `{error}`. Ends with the input. With a judge, edits are those that it leaves.
 *
 * @throws EngineError of the judge
 */
export async function serveNextEdits(
	input: Readable,
	output: Writable,
	judge?: EditJudge,
): Promise<void> {
	for await (const line of createInterface({ input, crlfDelay: Infinity })) {
		if (line.trim() !== "") {
			output.write(`${JSON.stringify(await answer(line, judge))}\n`);
		}
	}
}

async function answer(
	line: string,
	judge: EditJudge | undefined,
): Promise<Record<string, unknown>> {
	const message = parseJsonLine(messageSchema, line);
	if (message === undefined) {
		return { error: "not a request: expected {file, content, edits} or {op}" };
	}
	if (message.op !== undefined) {
		return { ok: true };
	}
	const { id, file, content, edits } = message;
	const document = {
		...{ path: file, languageId: languageIdOfPath(file) },
		...{ lines: content.split("\n"), edits },
	};
	if (!isConsistent(document)) {
		return { id, error: "the edits don't stand in the content where they say" };
	}
	const [first] = judge === undefined ? findNextEdits(document) : await judged(document, judge);
	if (first === undefined) {
		return { id, edit: null };
	}
	const { edit, probability, proposers } = first;
	return {
		id,
		edit: { line: edit.line, old: edit.old, new: edit.next },
		probability: Number(probability.toFixed(4)),
		proposers,
	};
}

async function judged(document: JudgedDocument, judge: EditJudge): Promise<readonly NextEdit[]> {
	// Nobody goes away before the answer.
	const outcome = await findJudgedNextEdits(document, judge, new AbortController().signal);
	return outcome.kind === "judged" ? outcome.edits : [];
}
