import { abortReason } from "../../base/abort.ts";
import type { Clock } from "../../base/clock.ts";
import type { TextChange } from "../../nextEdit/editHistory.ts";
import { meets } from "../../nextEdit/lineEdit.ts";
import { judged, shownEdits, type JudgedEdit, type ShownEdits } from "./chosenEdits.ts";
import { fitsIn, type FollowedDocument } from "./followedDocument.ts";
import type { OtherFiles } from "./otherFiles.ts";
import { PendingChanges } from "./pendingChanges.ts";
import { placedAfter } from "./placedEdit.ts";
import type { QuietReason } from "./quietReason.ts";
import type { Search } from "./searchClient.ts";
import type { FeedRequest, FoundEdit, SearchReply } from "./searchProtocol.ts";

/** Who types on meanwhile isn't done: half of a new name makes no next edit. */
export const pauseMs = 400;

/** Kinds that somebody has dismissed, of all documents. */
const maxDismissed = 200;

/** Where a person may type now. */
export interface TypingPlace {
	readonly document: FollowedDocument | undefined;
	readonly cursorLine: number;
	readonly quiet: QuietReason | undefined;
}

export interface NextEditSessionOptions {
	readonly place: () => TypingPlace;
	readonly search: {
		readonly hasFailed: boolean;
		feed(request: FeedRequest): void;
		search(search: Search): Promise<SearchReply | undefined>;
	};
	/** What follows in other documents than the one that was edited. */
	readonly elsewhere: Pick<
		OtherFiles,
		"editsOf" | "fit" | "look" | "changed" | "dismiss" | "closed"
	>;
	readonly clock: Clock;
	/** What is shown, or why nothing is, may be another. */
	readonly onDidChange: () => void;
}

/** What the last search came to. */
export interface LastSearch {
	/** Edits made that it went by. */
	readonly made: number;
	readonly judged: readonly JudgedEdit[];
}

/** The edits that may be shown in the document in front, where they stand now. */
interface Front {
	readonly documentId: string;
	/** Those that follow from edits of another document from top to bottom, then those of this one, the likeliest first. */
	readonly edits: readonly FoundEdit[];
	readonly fromLine: number;
	readonly kind: string | undefined;
}

/**
 * Next edits of the document in front: keeps what is typed, has it searched in a pause, keeps what was found in its place while somebody types on, and
 * drops what no longer fits. Knows no editor; decides nothing about likelihood.
 */
export class NextEditSession {
	readonly #options: NextEditSessionOptions;
	readonly #pending = new Map<string, PendingChanges>();
	readonly #dismissed = new Map<string, Map<string, number>>();
	#front: Front | undefined;
	#last: LastSearch | undefined;
	#quiet: QuietReason | undefined;
	/** Ends the wait for a pause, and makes the answer to a search void. */
	#current = new AbortController();
	/** One search at a time; it never rejects. */
	#running: Promise<void> = Promise.resolve();
	/** The edit that is being put in, and the one that was put in last while nothing was changed in its document since. */
	#accepting: FoundEdit | undefined;
	#accepted: { readonly documentId: string; readonly found: FoundEdit } | undefined;

	constructor(options: NextEditSessionOptions) {
		this.#options = options;
	}

	get shown(): ShownEdits | undefined {
		const front = this.#front;
		return front && shownEdits(front.edits, front.fromLine, front.kind);
	}

	get lastSearch(): LastSearch | undefined {
		return this.#last;
	}

	/** Why nothing was looked for when it was last wanted. */
	get quiet(): QuietReason | undefined {
		return this.#quiet;
	}

	/**
	 * Another document, or none, is in front, or may be quiet now: follows it, and shows nothing until somebody edits it, but what follows there
	 * from edits of another one.
	 */
	placeChanged(): void {
		this.#current.abort(abortReason);
		this.#front = undefined;
		this.#last = undefined;
		const { document, cursorLine, quiet } = this.#options.place();
		this.#quiet = quiet;
		if (document !== undefined && quiet === undefined) {
			this.#options.elsewhere.fit(document);
			const edits = this.#comingFrom(document, this.#options.elsewhere.editsOf(document.id));
			this.#front = { documentId: document.id, edits, fromLine: cursorLine, kind: undefined };
			if (!this.#bringUpToDate(document)) {
				// Somebody comes back to what was edited before.
				void this.#searchSoon(pauseMs);
			}
		}
		this.#options.onDidChange();
	}

	/** Somebody has gone to an edit that follows from those of another document: of what is shown it is the next. */
	goneTo({ edit, kind }: FoundEdit): void {
		this.placeChanged();
		if (this.#front !== undefined) {
			this.#front = { ...this.#front, fromLine: edit.line, kind };
			this.#options.onDidChange();
		}
	}

	/** A document was changed. On the path of every key: keeps it for later, and moves what is shown along. */
	changed(documentId: string, changes: readonly TextChange[], isUndo: boolean): void {
		this.#options.elsewhere.changed(documentId, changes);
		const pending = this.#pending.get(documentId);
		if (pending === undefined || changes.length === 0) {
			return;
		}
		const { clock } = this.#options;
		pending.note({ changes, atMs: clock.now(), isUndo });
		const front = this.#front;
		const accepted = this.#accepted?.documentId === documentId ? this.#accepted.found : undefined;
		if (accepted !== undefined) {
			this.#accepted = undefined;
		}
		if (front?.documentId === documentId && front.edits.length > 0) {
			this.#front = { ...front, edits: placedAfter(front.edits, changes) };
			this.#options.onDidChange();
		}
		if (isUndo && accepted !== undefined) {
			this.#dismiss(documentId, accepted);
		}
		void this.#searchSoon(this.#accepting === undefined ? pauseMs : 0);
	}

	/**
	 * A document was closed, be it to be opened again in another language: from then on nobody says how what is shown there moves. Unless `isSaved`,
	 * what was changed last is gone with it.
	 */
	closed(documentId: string, isSaved: boolean): void {
		this.#options.elsewhere.closed(documentId, isSaved);
		if (this.#pending.delete(documentId)) {
			this.#options.search.feed({ kind: "close", document: documentId });
		}
		this.#dismissed.delete(documentId);
		if (this.#accepted?.documentId === documentId) {
			this.#accepted = undefined;
		}
		if (this.#front?.documentId === documentId) {
			this.#front = undefined;
			this.#options.onDidChange();
		}
	}

	/** Nothing more of what is shown, until more edits speak for it. */
	dismiss(): void {
		const { shown } = this;
		if (this.#front !== undefined && shown !== undefined) {
			this.#dismiss(this.#front.documentId, shown.current);
			this.#front = undefined;
			this.#options.onDidChange();
		}
	}

	/**
	 * Has an edit put in by `apply`, which resolves to whether the editor did so. Only one that stands where it says is: what doesn't fit is
	 * dropped, and nothing is changed.
	 */
	async accept(
		found: FoundEdit,
		document: FollowedDocument,
		apply: () => PromiseLike<boolean>,
	): Promise<boolean> {
		const front = this.#front;
		if (front?.documentId !== document.id) {
			return false;
		}
		if (!fitsIn(found, document)) {
			this.#front = { ...front, edits: front.edits.filter((edit) => edit !== found) };
			this.#options.onDidChange();
			return false;
		}
		this.#accepting = found;
		try {
			// The change itself is heard before this resolves, and moves the others.
			const isApplied = await apply();
			if (isApplied) {
				this.#accepted = { documentId: document.id, found };
				const { line, next } = found.edit;
				if (this.#front?.documentId === document.id) {
					this.#front = { ...this.#front, fromLine: line + next.length, kind: found.kind };
				}
				this.#options.onDidChange();
			}
			return isApplied;
		} finally {
			this.#accepting = undefined;
		}
	}

	dispose(): void {
		this.#current.abort(abortReason);
		this.#front = undefined;
	}

	#dismiss(documentId: string, { kind, support }: FoundEdit): void {
		const kinds = this.#dismissed.get(documentId) ?? new Map<string, number>();
		kinds.delete(kind);
		kinds.set(kind, support);
		for (const oldest of kinds.keys()) {
			if (kinds.size <= maxDismissed) {
				break;
			}
			kinds.delete(oldest);
		}
		this.#dismissed.set(documentId, kinds);
		this.#options.elsewhere.dismiss(documentId, kind);
		const front = this.#front;
		if (front?.documentId === documentId) {
			this.#front = { ...front, edits: front.edits.filter((found) => found.kind !== kind) };
			this.#options.onDidChange();
		}
	}

	async #searchSoon(waitMs: number): Promise<void> {
		this.#current.abort(abortReason);
		const controller = new AbortController();
		this.#current = controller;
		const { signal } = controller;
		await this.#options.clock.sleep(waitMs, signal);
		await this.#running;
		if (!signal.aborted) {
			this.#running = this.#searchNow(signal);
		}
	}

	async #searchNow(signal: AbortSignal): Promise<void> {
		const { place, search, elsewhere, onDidChange } = this.#options;
		const { document, cursorLine, quiet } = place();
		this.#quiet = search.hasFailed ? "searchFailed" : quiet;
		if (document === undefined || this.#quiet !== undefined) {
			this.#front = undefined;
			onDidChange();
			return;
		}
		this.#bringUpToDate(document);
		const { id, version, languageId, lineCount, units } = document;
		const reply = await search.search({ document: id, languageId, lines: lineCount, units });
		if (reply?.kind !== "found") {
			// Its text is read anew before the next search, which finds what is edited from now on.
			this.#pending.get(id)?.lose();
		}
		if (signal.aborted || document.version !== version) {
			return;
		}
		const found = reply?.kind === "found" ? reply.edits : [];
		const verdicts = this.#judged(document, found);
		const coming = this.#comingFrom(document, elsewhere.editsOf(id));
		const edits = [
			...coming,
			...shownOf(verdicts).filter(({ edit }) => coming.every((one) => !meets(one.edit, edit))),
		];
		const kind = this.#front?.documentId === id ? this.#front.kind : undefined;
		this.#last = { made: reply?.kind === "found" ? reply.made : 0, judged: verdicts };
		this.#front = { documentId: id, edits, fromLine: cursorLine, kind };
		onDidChange();
		if (reply?.kind === "found") {
			// The next key ends it.
			void elsewhere.look(document, reply.leaving, signal);
		}
	}

	#judged(document: FollowedDocument, found: readonly FoundEdit[]): readonly JudgedEdit[] {
		const fitting = found.filter((edit) => fitsIn(edit, document));
		return judged(fitting, document.lineCount, this.#dismissed.get(document.id) ?? new Map());
	}

	/** Of what follows from edits of another document, what may be shown in this one. */
	#comingFrom(document: FollowedDocument, found: readonly FoundEdit[]): readonly FoundEdit[] {
		return shownOf(this.#judged(document, found));
	}

	/** Tells the search what has happened in a document since it last heard of it. True: it was told the whole text. */
	#bringUpToDate(document: FollowedDocument): boolean {
		const { search } = this.#options;
		const { id } = document;
		const pending = this.#pending.get(id) ?? new PendingChanges();
		this.#pending.set(id, pending);
		const events = pending.take();
		if (events === "lost") {
			search.feed({ kind: "open", document: id, text: document.getText() });
			return true;
		}
		for (const { changes, atMs, isUndo } of events) {
			search.feed({ kind: "change", document: id, changes: [...changes], atMs, isUndo });
		}
		return false;
	}
}

function shownOf(verdicts: readonly JudgedEdit[]): readonly FoundEdit[] {
	return verdicts.flatMap(({ found, verdict }) => (verdict === "shown" ? [found] : []));
}
