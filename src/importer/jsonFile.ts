import { open } from "node:fs/promises";
import { basename } from "node:path";
import type * as z from "zod";
import { withoutByteOrderMark } from "../base/byteOrderMark.ts";
import { firstProblem, parseForeignJson } from "../base/foreignJson.ts";
import { ImportError } from "./importError.ts";

/** Reads a whole text file of at most `maxBytes`, without its byte-order mark. Undefined when there is no such file. */
export async function readTextFile(path: string, maxBytes: number): Promise<string | undefined> {
	let file;
	try {
		file = await open(path);
	} catch (error) {
		if (error instanceof Error && "code" in error && error.code === "ENOENT") {
			return undefined;
		}
		throw new ImportError(
			"checkpointInvalid",
			`The file ${path} can't be read; check that it is a file and that you may read it.`,
			{ cause: error },
		);
	}
	try {
		const stat = await file.stat();
		if (!stat.isFile() || stat.size > maxBytes) {
			throw new ImportError(
				"checkpointInvalid",
				`The file ${path} is not a plain file of at most ${maxBytes} bytes; take the checkpoint anew from its source.`,
			);
		}
		return withoutByteOrderMark(await file.readFile("utf8"));
	} finally {
		await file.close();
	}
}

/** Reads and validates a JSON file of at most `maxBytes`. Undefined when there is no such file. */
export async function readJsonFile<Schema extends z.ZodType>(
	path: string,
	schema: Schema,
	maxBytes: number,
): Promise<z.infer<Schema> | undefined> {
	const text = await readTextFile(path, maxBytes);
	return text === undefined ? undefined : parseJson(text, schema, basename(path));
}

/** Validates JSON text; `name` is what a message calls it. */
export function parseJson<Schema extends z.ZodType>(
	text: string,
	schema: Schema,
	name: string,
): z.infer<Schema> {
	const json = parseForeignJson(text);
	if (json.kind === "invalid") {
		throw new ImportError(
			"checkpointInvalid",
			`The checkpoint's ${name} ${json.problem}; take the checkpoint anew from its source.`,
			{ cause: json.cause },
		);
	}
	return parseValue(json.value, schema, name);
}

/** Validates what stood in a JSON file; `name` is what a message calls it. */
export function parseValue<Schema extends z.ZodType>(
	value: unknown,
	schema: Schema,
	name: string,
): z.infer<Schema> {
	const result = schema.safeParse(value);
	if (!result.success) {
		const problem = firstProblem(result.error);
		throw new ImportError(
			"checkpointInvalid",
			`The checkpoint's ${name} doesn't have the expected content (${problem}); take the checkpoint anew from its source.`,
		);
	}
	return result.data;
}
