import type { FileTags } from "./fileTags.ts";

/** Reads tags off whole files: TagReader in this thread, TagClient in a process of its own. */
export interface TagSource {
	/**
	 * Undefined when there is no query for the language, or the file takes too long. Rejects when the grammar
	 * or the query can't be loaded; with a RuntimeError when the parser can't go on after this file, and with a
	 * ParserEndedError when another parser goes on without it.
	 */
	read(languageId: string, text: string): Promise<FileTags | undefined>;
	dispose(): Promise<void>;
}

/** The parser's runtime ended over a file: it ran out of memory, or into a fault of the grammar. */
export class ParserEndedError extends Error {
	override readonly name = "ParserEndedError";
}

/** How WebAssembly says that its code did what it may not; nothing can be run in that instance any more. */
export function isRuntimeFault(error: unknown): error is Error {
	return error instanceof Error && error.name === "RuntimeError";
}
