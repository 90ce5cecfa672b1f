import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import * as z from "zod";
import { assertNever } from "../base/assert.ts";
import { UserError } from "../base/userError.ts";
import type {
	CompletionConfig,
	CompletionOutcome,
	CompletionProvider,
} from "../completion/completionProvider.ts";
import { parseJsonLine } from "./jsonLine.ts";
import { languageIdOfPath } from "../context/files/languageIds.ts";

const messageSchema = z.union([
	z.object({ op: z.literal("ping") }),
	z.object({ op: z.literal("index"), repoDir: z.string() }),
	z.object({
		op: z.undefined().optional(),
		id: z.union([z.string(), z.number()]).optional(),
		file: z.string().max(4096),
		prefix: z.string(),
		suffix: z.string(),
	}),
]);

/** Makes the code of a folder known to the completions that follow. */
export type OpenRepository = (
	root: string,
) => Promise<{ readonly files: number; readonly bytes: number }>;

/**
 * Answers completion requests, one JSON a line: `{"op":"ping"}` and `{"op":"index"}` are acknowledged with
 * `{"ok":true}`, and the folder's code is known from then on; a query `{id?, file, prefix, suffix}` gets
 * `{id?, completion, reason?}` and a line that is neither gets `{error}`. Ends with the input.
 */
export async function serveCompletions(
	input: Readable,
	output: Writable,
	provider: CompletionProvider,
	config: CompletionConfig,
	openRepository: OpenRepository,
): Promise<void> {
	for await (const line of createInterface({ input, crlfDelay: Infinity })) {
		if (line.trim() !== "") {
			output.write(`${JSON.stringify(await answer(line, provider, config, openRepository))}\n`);
		}
	}
}

async function answer(
	line: string,
	provider: CompletionProvider,
	config: CompletionConfig,
	openRepository: OpenRepository,
): Promise<Record<string, unknown>> {
	const message = parseJsonLine(messageSchema, line);
	if (message === undefined) {
		return { error: "not a request: expected {file, prefix, suffix} or {op}" };
	}
	switch (message.op) {
		case "ping":
			return { ok: true };
		case "index":
			try {
				return { ok: true, ...(await openRepository(message.repoDir)) };
			} catch (error) {
				if (error instanceof UserError) {
					return { error: error.message };
				}
				throw error;
			}
		case undefined: {
			const outcome = await provider.provide(
				{
					path: message.file,
					languageId: languageIdOfPath(message.file),
					text: message.prefix + message.suffix,
					offset: message.prefix.length,
					trigger: "invoked",
				},
				config,
				new AbortController().signal,
			);
			return { id: message.id, ...outcomeFields(outcome, message.prefix.length) };
		}
		default:
			return assertNever(message);
	}
}

/** The text that stands after the cursor once the completion is accepted, as far as it is new. */
function outcomeFields(outcome: CompletionOutcome, offset: number): Record<string, string> {
	switch (outcome.kind) {
		case "none":
			return { completion: "", reason: outcome.reason };
		case "completion": {
			const { insertText, replace } = outcome.completion;
			return { completion: insertText.slice(offset - replace.start) };
		}
		default:
			return assertNever(outcome);
	}
}
