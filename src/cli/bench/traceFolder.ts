import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { assert } from "../../base/assert.ts";
import { UserError } from "../../base/userError.ts";
import { parseTrace, type Trace } from "./trace.ts";

/** All traces of a folder by name. Throws a UserError when the folder can't be read or a trace is broken. */
export async function readTraces(folder: string): Promise<readonly Trace[]> {
	const names = await readdir(folder).catch((cause: unknown) => {
		throw new UserError(
			"noTraces",
			`There are no typing traces in ${folder}; name a folder with --traces.`,
			{
				cause,
			},
		);
	});
	const traceNames = names.filter((name) => name.endsWith(".jsonl")).sort();
	return await Promise.all(
		traceNames.map(async (name) =>
			parseTrace(
				await readFile(join(folder, name), "utf8"),
				await readFile(join(folder, name.replace(/jsonl$/, "before")), "utf8"),
			),
		),
	);
}

/** Real code of a few thousand tokens: the text with which the traces begin. */
export async function codeText(folder: string): Promise<string> {
	const traces = await readTraces(folder);
	const text = traces.map(({ keystrokes }) => keystrokes.at(-1)?.text ?? "").join("\n");
	assert(text.length > 0, "the traces hold text");
	return text;
}
