import { yieldToEventLoop } from "../../base/abort.ts";
import { headerLines, licenceHeaderOf, sameLicence } from "../../provenance/licenceHeader.ts";
import { SharedRun } from "../../provenance/sharedRun.ts";
import type { IndexQueries } from "../index/repositoryIndex.ts";

/** What may have been copied, and where it would stand. Plain data: it crosses threads. */
export interface CopiedQuery {
	/** Of the document that the text goes into: it is no *other* file. Undefined for one that isn't in the repository. */
	readonly path: string | undefined;
	readonly text: string;
}

/** A file of the repository that has the same text below a licence of its own. Plain data. */
export interface CopiedFile {
	readonly path: string;
	/** Where the same text begins, counted from 0. */
	readonly line: number;
	/** As its header names it. */
	readonly licence: string;
	/** Who holds the copyright, as the header says; undefined where it names nobody. */
	readonly holder: string | undefined;
}

/** As long as a run has to be where the training corpus is asked: about 130 characters of code. */
export const copiedRunLexemes = 32;
/** Of a longer text the rest isn't looked for. UTF-16 units. */
export const maxCopiedLength = 20_000;

/** Chunks that the full-text search offers, and files among them that are read. */
const maxHits = 40;
const maxFiles = 8;
/** Of a longer file the rest isn't read. */
const maxLines = 20_000;

/**
 * The file of a repository with a licence header from which a text may have been copied: it has a run of
 * {@link copiedRunLexemes} of its lexemes. Undefined where there is none, where the document states the same licence of the same
 * holder, for a text that is shorter, and after an abort. Gives the thread back between files.
 */
export async function copiedFile(
	{ path, text }: CopiedQuery,
	index: Pick<IndexQueries, "search" | "textOf">,
	signal: AbortSignal,
): Promise<CopiedFile | undefined> {
	const wanted = text.slice(0, maxCopiedLength);
	const run = new SharedRun(wanted, copiedRunLexemes);
	if (run.isEmpty) {
		return undefined;
	}
	const own = path === undefined ? undefined : headerOf(path, index);
	const hits = index.search(wanted, {
		limit: maxHits,
		...(path !== undefined && { excludePath: path }),
	});
	const paths = [...new Set(hits.map((hit) => hit.path))].slice(0, maxFiles);
	for (const candidate of paths) {
		await yieldToEventLoop();
		if (signal.aborted) {
			return undefined;
		}
		const header = headerOf(candidate, index);
		const other = header === undefined ? undefined : index.textOf(candidate, 0, maxLines);
		if (header === undefined || other === undefined || sameLicence(own, header)) {
			continue;
		}
		const start = await run.startIn(other, signal);
		if (start !== undefined) {
			return { path: candidate, line: lineAt(other, start), ...header };
		}
	}
	return undefined;
}

function headerOf(
	path: string,
	index: Pick<IndexQueries, "textOf">,
): ReturnType<typeof licenceHeaderOf> {
	return licenceHeaderOf(index.textOf(path, 0, headerLines) ?? "");
}

function lineAt(text: string, offset: number): number {
	return text.slice(0, offset).split("\n").length - 1;
}
