import { abortReason } from "../base/abort.ts";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { CollectedContext } from "../context/contextEngine.ts";
import { minBudgetTokens, type ContextPiece, type ContextQuery } from "../context/source.ts";
import { RecentPieces, type DocumentPieces, type WindowStorage } from "./recentPieces.ts";
import type { CompletionPlace } from "./completionPlace.ts";

/** Collects context; see `ContextEngine`, here or in another thread. */
export type CollectContext = (
	query: ContextQuery,
	signal: AbortSignal,
) => Promise<CollectedContext>;

export interface RelatedCodeOptions {
	readonly collect: CollectContext;
	/** Where the pieces of the latest prompts are kept for the next window. */
	readonly storage?: WindowStorage | undefined;
	readonly clock: Clock;
	readonly logger: Logger;
}

/** A completion doesn't wait longer for context: what was collected before, or none, serves it. */
const deadlineMs = 100;

interface Collecting {
	readonly path: string;
	readonly lineStart: number;
	readonly controller: AbortController;
	/** Never rejects. */
	readonly pieces: Promise<readonly ContextPiece[]>;
}

/**
 * The pieces of other files for a place. Pieces stand in front of the prompt, so that a change of them has all
 * of it read again: they are collected anew when the cursor is on another line or comes from another document,
 * and stay while that line is typed, into the next window.
 */
export class RelatedCode {
	readonly #options: RelatedCodeOptions;
	readonly #recent: RecentPieces;
	/** The document that pieces were collected for last. */
	#lastPath: string | undefined;
	#collecting: Collecting | undefined;
	#lastFault = "";

	constructor(options: RelatedCodeOptions) {
		this.#options = options;
		this.#recent = new RecentPieces(options.storage);
	}

	async piecesFor(
		place: CompletionPlace,
		budgetTokens: number,
		ended: AbortSignal,
	): Promise<readonly ContextPiece[]> {
		const lineStart = place.offset - place.linePrefix.length;
		const known = this.#recent.get(place.path);
		// Another document may have been changed before this one came back; between windows none was.
		const isFresh = known?.path === this.#lastPath || known?.answer === undefined;
		if (known?.lineStart === lineStart && isFresh) {
			return known.pieces;
		}
		const { clock } = this.#options;
		const over = new AbortController();
		const signal = AbortSignal.any([ended, over.signal]);
		const late = clock.sleep(deadlineMs, signal).then(() => known?.pieces ?? []);
		try {
			return await Promise.race([this.#collected(place, lineStart, budgetTokens, known), late]);
		} finally {
			over.abort(abortReason);
		}
	}

	/** Goes on after the deadline and beyond the request, for the keystrokes that follow on this line. */
	#collected(
		place: CompletionPlace,
		lineStart: number,
		budgetTokens: number,
		known: DocumentPieces | undefined,
	): Promise<readonly ContextPiece[]> {
		const running = this.#collecting;
		if (running?.path === place.path && running.lineStart === lineStart) {
			return running.pieces;
		}
		running?.controller.abort(abortReason);
		const controller = new AbortController();
		const pieces = this.#collect(place, lineStart, budgetTokens, known, controller.signal);
		const collecting = { path: place.path, lineStart, controller, pieces };
		this.#collecting = collecting;
		void pieces.then(() => {
			this.#collecting = this.#collecting === collecting ? undefined : this.#collecting;
		});
		return pieces;
	}

	async #collect(
		place: CompletionPlace,
		lineStart: number,
		budgetTokens: number,
		known: DocumentPieces | undefined,
		signal: AbortSignal,
	): Promise<readonly ContextPiece[]> {
		const { path, languageId, text, offset } = place;
		const query: ContextQuery = {
			path,
			languageId,
			text,
			offset,
			recentEdits: [],
			openFiles: [],
			budgetTokens: Math.max(budgetTokens, minBudgetTokens),
			previous: known?.answer,
		};
		try {
			const collected = await this.#options.collect(query, signal);
			if (collected.statistics.isAborted) {
				return known?.pieces ?? [];
			}
			this.#lastFault = "";
			const { pieces, answer } = collected;
			this.#recent.add({ path, lineStart, pieces, answer });
			this.#lastPath = path;
			return pieces;
		} catch (error) {
			// A completion without context is worth having; the fault is worth one line.
			const message = error instanceof Error ? error.message : String(error);
			if (message !== this.#lastFault) {
				this.#lastFault = message;
				this.#options.logger.warn(`Completions do without related code: ${message}`);
			}
			return known?.pieces ?? [];
		}
	}
}
