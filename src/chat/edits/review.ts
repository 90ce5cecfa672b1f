import { assert } from "../../base/assert.ts";
import type { HunkView, ReviewView } from "../messages.ts";
import { applyHunks, hunksBetween, rebaseHunk, type Hunk } from "./hunks.ts";

export type HunkDecision = HunkView["decision"];

export interface ReviewOptions {
	readonly id: string;
	/** Relative to the workspace: what people see. */
	readonly path: string;
	readonly title: string;
	/** The conversation that it came from, if any. */
	readonly conversationId?: string | undefined;
	/** The document with "\n" line breaks, and what is proposed instead. */
	readonly base: string;
	readonly proposed: string;
}

/** Lines shown around a hunk. */
const contextLines = 3;

/**
 * What was decided about each hunk of a proposed change of one document. Nothing is changed before all is
 * decided; then {@link accepted} goes into the document at once. Follows the document as it changes.
 */
export class Review {
	readonly id: string;
	readonly path: string;
	readonly title: string;
	readonly conversationId: string | undefined;
	/** The latest text of the document that every hunk has a place in. */
	#base: string;
	#hunks: readonly Hunk[];
	readonly #decisions: HunkDecision[];
	/** Rejected hunks whose place in the document is gone: they stay rejected. */
	readonly #lost = new Set<number>();
	#problem: string | undefined;
	readonly #listeners = new Set<(view: ReviewView) => void>();

	constructor({ id, path, title, conversationId, base, proposed }: ReviewOptions) {
		this.id = id;
		this.path = path;
		this.title = title;
		this.conversationId = conversationId;
		this.#base = base;
		this.#hunks = hunksBetween(base, proposed);
		this.#decisions = this.#hunks.map(() => "open");
	}

	/** Hears of every change; the result stops that. */
	onDidChange(listener: (view: ReviewView) => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	get view(): ReviewView {
		const lines = this.#base.split("\n");
		return {
			id: this.id,
			path: this.path,
			title: this.title,
			...(this.conversationId !== undefined && { conversationId: this.conversationId }),
			hunks: this.#hunks.map((_, index) => this.#hunkView(index, lines)),
			problem: this.#problem,
		};
	}

	get problem(): string | undefined {
		return this.#problem;
	}

	get isDecided(): boolean {
		return this.#decisions.every((decision) => decision !== "open");
	}

	/** The text that the hunks refer to. */
	get base(): string {
		return this.#base;
	}

	/** Those that are to go into the document. */
	get accepted(): readonly Hunk[] {
		return this.#hunks.filter((_, index) => this.#decisions[index] === "accepted");
	}

	/** The document as it would be with all that isn't rejected. */
	get proposedText(): string {
		return applyHunks(
			this.#base,
			this.#hunks.filter((_, index) => this.#decisions[index] !== "rejected"),
		);
	}

	/** Each open hunk as lines of the document, and as lines of {@link proposedText}. */
	get places(): readonly HunkPlace[] {
		const places: HunkPlace[] = [];
		let shift = 0;
		for (const [index, hunk] of this.#hunks.entries()) {
			const decision = this.#decisions[index] ?? "open";
			const { start, end, lines } = hunk;
			if (decision === "rejected") {
				continue;
			}
			const proposed = { start: start + shift, end: start + shift + lines.length };
			shift += lines.length - (end - start);
			if (decision === "open") {
				places.push({ index, document: { start, end }, proposed });
			}
		}
		return places;
	}

	/** A decision may be changed as long as the review is open. Unknown hunks are ignored. */
	decide(index: number, accept: boolean): void {
		if (index in this.#decisions && !this.#lost.has(index)) {
			this.#decisions[index] = accept ? "accepted" : "rejected";
			this.#tell();
		}
	}

	/** Decides all that is open: what was decided before stays. */
	decideAll(accept: boolean): void {
		for (const [index, decision] of this.#decisions.entries()) {
			if (decision === "open") {
				this.#decisions[index] = accept ? "accepted" : "rejected";
			}
		}
		this.#tell();
	}

	/**
	 * The document has another text now. Hunks move along; when one's place has changed, the review has a
	 * problem until the document has that place again, or the hunk is rejected.
	 */
	follow(text: string): void {
		if (text === this.#base && this.#problem === undefined) {
			return;
		}
		const changes = hunksBetween(this.#base, text, { mergedGap: 0 });
		const moved = this.#hunks.map((hunk) => rebaseHunk(hunk, changes));
		const isLost = moved.some(
			(hunk, index) => hunk === undefined && this.#decisions[index] !== "rejected",
		);
		if (isLost) {
			this.#problem = `${this.path} has changed where the proposal changes it; undo that, or ask again.`;
		} else {
			this.#hunks = moved.map((hunk, index) => hunk ?? this.#lose(index));
			this.#base = text;
			this.#problem = undefined;
		}
		this.#tell();
	}

	#lose(index: number): Hunk {
		this.#lost.add(index);
		return { start: 0, end: 0, lines: [] };
	}

	#hunkView(index: number, lines: readonly string[]): HunkView {
		const hunk = this.#hunks[index];
		assert(hunk !== undefined, "a hunk has an index of its own");
		if (this.#lost.has(index)) {
			return { startLine: 1, lines: [], decision: "rejected" };
		}
		const previous = this.#hunks.slice(0, index).reduce((most, { end }) => Math.max(most, end), 0);
		const next = this.#hunks
			.slice(index + 1)
			.find((_, after) => !this.#lost.has(index + 1 + after));
		const from = Math.max(hunk.start - contextLines, previous);
		const to = Math.min(hunk.end + contextLines, next?.start ?? lines.length);
		const signed = (sign: string, part: readonly string[]): string[] =>
			part.map((line) => sign + line);
		return {
			startLine: from + 1,
			lines: [
				...signed(" ", lines.slice(from, hunk.start)),
				...signed("-", lines.slice(hunk.start, hunk.end)),
				...signed("+", hunk.lines),
				...signed(" ", lines.slice(hunk.end, to)),
			],
			decision: this.#decisions[index] ?? "open",
		};
	}

	#tell(): void {
		const { view } = this;
		for (const listener of this.#listeners) {
			listener(view);
		}
	}
}

export interface HunkPlace {
	readonly index: number;
	readonly document: LineSpan;
	readonly proposed: LineSpan;
}

/** Lines from `start` up to but without `end`. */
export interface LineSpan {
	readonly start: number;
	readonly end: number;
}

/** The open hunk on, or else nearest to, a line of the document or of the proposed text. */
export function hunkAt(
	places: readonly HunkPlace[],
	side: "document" | "proposed",
	line: number,
): number | undefined {
	const distance = (place: HunkPlace): number => {
		const { start, end } = place[side];
		return line < start ? start - line : Math.max(0, line - Math.max(start, end - 1));
	};
	const [nearest] = places.toSorted((a, b) => distance(a) - distance(b));
	return nearest?.index;
}
