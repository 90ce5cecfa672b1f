import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import * as z from "zod";
import { UserError } from "../base/userError.ts";
import type { ContextEngine } from "../context/contextEngine.ts";
import type { RepositoryIndex } from "../context/index/repositoryIndex.ts";
import { maxBudgetTokens, minBudgetTokens } from "../context/source.ts";
import type { TokenCounts } from "../context/tokenCounts.ts";
import { parseJsonLine } from "./jsonLine.ts";
import { languageIdOfPath } from "../context/files/languageIds.ts";
import { offsetAt } from "./location.ts";

const querySchema = z.object({
	op: z.undefined().optional(),
	repoDir: z.string(),
	file: z.string().max(4096),
	/** From 0, in UTF-16 units. */
	line: z.int().nonnegative(),
	column: z.int().nonnegative(),
	tokenBudget: z.number().positive(),
	content: z.string(),
	openFiles: z.array(z.string().max(4096)).max(1000).default([]),
});

const messageSchema = z.union([
	z.object({ op: z.literal("ping") }),
	z.object({ op: z.literal("index"), repoDir: z.string() }),
	querySchema,
]);

/** How the runner of the protocol counts: no model is assumed. */
export const protocolCount: TokenCounts = {
	countTokens: (text) => Math.ceil(text.length / 3.6),
	headerTokens: () => 4,
};

export interface OpenedRepository {
	readonly index: RepositoryIndex;
	readonly engine: ContextEngine;
}

/**
 * Answers questions about repositories, one JSON a line: `{"op":"ping"}`, `{"op":"index","repoDir"}`, and
 * queries, which get `{"snippets"}`, best first; a line that is none gets `{error}`. One repository is open
 * at a time. Ends with the input.
 */
export async function serveContext(
	input: Readable,
	output: Writable,
	open: (root: string) => Promise<OpenedRepository>,
): Promise<void> {
	let repository: (OpenedRepository & { readonly root: string }) | undefined;
	const opened = async (root: string): Promise<OpenedRepository> => {
		if (repository?.root !== root) {
			await repository?.index[Symbol.asyncDispose]();
			repository = undefined;
			const next = await open(root);
			await next.index.scan(new AbortController().signal);
			repository = { root, ...next };
		}
		return repository;
	};
	for await (const line of createInterface({ input, crlfDelay: Infinity })) {
		if (line.trim() !== "") {
			output.write(`${JSON.stringify(await answer(line, opened))}\n`);
		}
	}
	await repository?.index[Symbol.asyncDispose]();
}

async function answer(
	line: string,
	opened: (root: string) => Promise<OpenedRepository>,
): Promise<unknown> {
	const message = parseJsonLine(messageSchema, line);
	if (message === undefined) {
		return { error: "not a request: expected {repoDir, file, line, column, …} or {op}" };
	}
	try {
		switch (message.op) {
			case "ping":
				return { ok: true };
			case "index": {
				const { files, bytes } = (await opened(message.repoDir)).index.stats();
				return { ok: true, files, bytes };
			}
			case undefined:
				return await snippets(message, (await opened(message.repoDir)).engine);
		}
	} catch (error) {
		if (error instanceof UserError) {
			return { error: error.message };
		}
		throw error;
	}
}

async function snippets(
	query: z.infer<typeof querySchema>,
	engine: ContextEngine,
): Promise<unknown> {
	const { file, content, line, column, tokenBudget } = query;
	const { pieces } = await engine.collect(
		{
			path: path.posix.normalize(file.replaceAll("\\", "/")),
			languageId: languageIdOfPath(file),
			text: content,
			offset: offsetAt(content, line, column) ?? content.length,
			recentEdits: [],
			openFiles: query.openFiles,
			budgetTokens: Math.min(maxBudgetTokens, Math.max(minBudgetTokens, Math.floor(tokenBudget))),
		},
		new AbortController().signal,
	);
	return {
		snippets: pieces
			.toReversed()
			.map(({ path: other, startLine, endLine, text, score, reason }) => ({
				file: other,
				startLine,
				endLine,
				text,
				score,
				reason,
			})),
	};
}
