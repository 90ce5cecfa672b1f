import type { KnownUses, UsesQuery } from "../../context/uses/usesElsewhere.ts";
import type { TextChange } from "../../nextEdit/editHistory.ts";
import { judged } from "./chosenEdits.ts";
import { fitsIn, type FollowedDocument } from "./followedDocument.ts";
import { placedAfter } from "./placedEdit.ts";
import type { SearchElsewhere } from "./searchClient.ts";
import { maxUses, type FoundEdit, type LeavingNames, type SearchReply } from "./searchProtocol.ts";

/** What follows in another file. */
export interface FollowedFile {
	/** In the workspace. */
	readonly path: string;
	readonly documentId: string;
	/** At least one; from top to bottom. */
	readonly edits: readonly FoundEdit[];
}

/** What is known of a file that may be changed. */
export interface FileFacts {
	readonly path: string;
	/** VS Code's name of it. */
	readonly languageId: string;
	readonly documentId: string;
}

export interface OtherFilesOptions {
	/** Undefined where nobody reads the repository. */
	readonly uses: (query: UsesQuery, signal: AbortSignal) => Promise<KnownUses | undefined>;
	readonly search: (search: SearchElsewhere) => Promise<SearchReply | undefined>;
	/** Where a document is in the workspace, and where its file is; undefined for what isn't in it. */
	readonly pathOf: (documentId: string) => string | undefined;
	readonly documentIdOf: (path: string) => string | undefined;
	/** A document as it stands in the editor, where it is open there: what was indexed may be older. */
	readonly opened: (documentId: string) => FollowedDocument | undefined;
	/** Whether next edits are shown in such a file at all. */
	readonly mayShow: (file: FileFacts) => boolean;
	readonly onDidChange: () => void;
	/** A search of other files has come to its end, with something or nothing. */
	readonly onDidLook: () => void;
}

/** More edits of one rule don't make it likelier that it is followed elsewhere. */
const enoughSupport = 3;

/**
 * What follows in other files from the edits of one document: looked for once a search has said which names those were about, and kept where it
 * stands while files are changed. Knows no editor.
 */
export class OtherFiles {
	readonly #options: OtherFilesOptions;
	/** The document that they follow from, and what of it they were looked for by. */
	#source:
		| {
				readonly documentId: string;
				/** Undefined where the repository had not been read to its end: the next pause asks again. */
				readonly key: string | undefined;
				readonly changes: ReadonlySet<string>;
		  }
		| undefined;
	#files: readonly FollowedFile[] = [];
	/** Documents that something was found in, though it may be done by now. */
	#found: ReadonlySet<string> = new Set();
	#unreadFiles = 0;

	constructor(options: OtherFilesOptions) {
		this.#options = options;
	}

	/** By path. */
	get files(): readonly FollowedFile[] {
		return this.#files;
	}

	/** Files that may have some and weren't looked at. */
	get unreadFiles(): number {
		return this.#unreadFiles;
	}

	editsOf(documentId: string): readonly FoundEdit[] {
		return this.#files.find((file) => file.documentId === documentId)?.edits ?? [];
	}

	/**
	 * Looks for what follows elsewhere from the edits of a document, unless that was done for the same ones. After an abort nothing is as if it
	 * had been looked for. Never rejects.
	 */
	async look(document: FollowedDocument, names: LeavingNames, signal: AbortSignal): Promise<void> {
		const { pathOf, uses, onDidLook } = this.#options;
		const source = this.#source;
		const key = JSON.stringify(
			names.map(({ name, next, kind, support, isRepeated }) => [
				...[name, next, kind, Math.min(support, enoughSupport), isRepeated],
			]),
		);
		const changes = new Set(names.map(({ name, next }) => JSON.stringify([name, next])));
		// Who goes on with what was found in another file makes the same edits there.
		const isFollowing =
			this.#found.has(document.id) &&
			[...changes].every((one) => source?.changes.has(one) === true);
		const path = pathOf(document.id);
		if (isFollowing || (source?.documentId === document.id && source.key === key)) {
			return;
		}
		if (names.length === 0 || path === undefined) {
			if (source?.documentId === document.id) {
				this.clear();
			}
			return;
		}
		const changed = names.map(({ name, next, lines, isRepeated }) => ({
			...{ name, next, lines, isRepeated },
		}));
		const found = await uses({ path, text: document.getText(), names: changed }, signal);
		const files = found && (await this.#search(document, names, found, signal));
		if (signal.aborted) {
			return;
		}
		if (files === undefined || files.length === 0) {
			// There may be some when more has been read: the next pause asks again.
			if (source?.documentId === document.id) {
				this.clear();
			}
		} else {
			const { isComplete = false, unreadFiles = 0 } = found ?? {};
			this.#source = { documentId: document.id, key: isComplete ? key : undefined, changes };
			this.#unreadFiles = unreadFiles;
			this.#found = new Set(files.map(({ documentId }) => documentId));
			this.#keep(files);
		}
		onDidLook();
	}

	/** A file was changed: what was found in it moves along, or is dropped. On the path of every key. */
	changed(documentId: string, changes: readonly TextChange[]): void {
		if (this.editsOf(documentId).length > 0) {
			this.#replace(documentId, (edits) => placedAfter(edits, changes));
		}
	}

	/** Drops what doesn't stand where it was found: somebody has changed the file without saying so, or was asked about what isn't saved. */
	fit(document: FollowedDocument): void {
		if (!this.editsOf(document.id).every((found) => fitsIn(found, document))) {
			this.#replace(document.id, (edits) => edits.filter((found) => fitsIn(found, document)));
		}
	}

	/** Nothing more of a kind in a file. */
	dismiss(documentId: string, kind: string): void {
		if (this.editsOf(documentId).some((found) => found.kind === kind)) {
			this.#replace(documentId, (edits) => edits.filter((found) => found.kind !== kind));
		}
	}

	/** Nothing follows from edits that were thrown away with their document. */
	closed(documentId: string, isSaved: boolean): void {
		if (!isSaved && this.#source?.documentId === documentId) {
			this.clear();
		}
	}

	/** Nothing more of a file. */
	forget(documentId: string): void {
		this.#replace(documentId, () => []);
	}

	clear(): void {
		this.#source = undefined;
		this.#found = new Set();
		this.#unreadFiles = 0;
		this.#keep([]);
	}

	#replace(documentId: string, edits: (edits: readonly FoundEdit[]) => readonly FoundEdit[]): void {
		this.#keep(
			this.#files
				.map((file) =>
					file.documentId === documentId ? { ...file, edits: edits(file.edits) } : file,
				)
				.filter((file) => file.edits.length > 0),
		);
	}

	#keep(files: readonly FollowedFile[]): void {
		const isChanged = files.length + this.#files.length > 0;
		this.#files = files;
		if (isChanged) {
			this.#options.onDidChange();
		}
	}

	/** One file after the other. Undefined where the search knows of no such document any more, and after an abort. */
	async #search(
		{ id: document, languageId, lineCount, units }: FollowedDocument,
		names: LeavingNames,
		{ files }: KnownUses,
		signal: AbortSignal,
	): Promise<readonly FollowedFile[] | undefined> {
		const { documentIdOf, mayShow, opened, search } = this.#options;
		const followed: FollowedFile[] = [];
		for (const { path, text, uses, languageId: ofFile } of files) {
			const documentId = documentIdOf(path);
			if (documentId === undefined || !mayShow({ path, languageId: ofFile, documentId })) {
				continue;
			}
			if (signal.aborted) {
				return undefined;
			}
			const reply = await search({
				...{ document, languageId, lines: lineCount, units, text },
				names: names.map(({ name, next }) => ({ name, next })),
				uses: uses.slice(0, maxUses),
			});
			if (reply?.kind !== "foundElsewhere") {
				return undefined;
			}
			const now = opened(documentId);
			const standing = reply.edits.filter((found) => now === undefined || fitsIn(found, now));
			const edits = judged(standing, reply.lines, new Map())
				.flatMap(({ found, verdict }) => (verdict === "shown" ? [found] : []))
				.sort((a, b) => a.edit.line - b.edit.line);
			if (edits.length > 0) {
				followed.push({ path, documentId, edits });
			}
		}
		return followed.sort((a, b) => (a.path < b.path ? -1 : 1));
	}
}
