import type { Clock } from "../base/clock.ts";
import type { Day } from "./days.ts";
import { afterEdits, keptShare, keptTextAt, type KeptText } from "./keptText.ts";
import type { StatisticsEvent } from "./statistics.ts";

/** A suggestion at a cursor. */
export interface Ghost {
	/** Names the document, and nothing else is done with it. */
	readonly document: string;
	readonly languageId: string;
	/** Of the cursor, in UTF-16 units. */
	readonly offset: number;
	/** What stands behind the cursor when it is taken. */
	readonly text: string;
}

export interface TextChange {
	readonly offset: number;
	readonly deletedLength: number;
	readonly text: string;
}

export interface GhostWatchOptions {
	readonly clock: Clock;
	readonly today: () => Day;
	/** How many keys type a text. */
	readonly keysOf: (text: string) => number;
	readonly count: (day: Day, event: StatisticsEvent) => void;
}

/** After so long it is looked whether what was taken still stands. */
const checkAfterMs = 60_000;
/** So much of a text that is kept has to stand: a name that was changed in it doesn't undo it. */
const keptAtLeast = 0.75;
/** What the editor puts behind the cursor when a bracket or a quote is typed, and what may be typed over it. */
const closers = /^[)\]}>"'`]+$/;
/** A bracket or a quote with the closer that the editor puts behind the cursor. */
const pair = /^[([{<"'`][)\]}>"'`]+$/;
/** Texts that are waited for; who takes more of them within a minute isn't writing. */
const maxWatched = 100;

interface Watched {
	readonly document: string;
	kept: KeptText;
}

interface CurrentGhost extends Ghost {
	offset: number;
	text: string;
	isPartlyTaken: boolean;
	/** The end of it that has just been put in whole, which is how it is taken. */
	taken: { readonly offset: number; readonly text: string } | undefined;
}

/**
 * Watches what becomes of suggestions. The editor tells when one is taken as a whole; what is taken by words or lines is seen
 * by the change that it makes. Keeps the latest suggestion in memory, and of those taken their places for a minute.
 */
export class GhostWatch {
	readonly #options: GhostWatchOptions;
	readonly #watched = new Set<Watched>();
	readonly #ended = new AbortController();
	#ghost: CurrentGhost | undefined;

	constructor(options: GhostWatchOptions) {
		this.#options = options;
	}

	/** Whether a change of a document would tell anything. */
	get isWatching(): boolean {
		return this.#ghost !== undefined || this.#watched.size > 0;
	}

	/** A suggestion was given to the editor, so long after it was asked for. */
	shown(ghost: Ghost, latencyMs: number): void {
		const isSame = this.#ghost !== undefined && goesOn(this.#ghost, ghost);
		const isPartlyTaken = isSame && this.#ghost?.isPartlyTaken === true;
		this.#ghost = { ...ghost, isPartlyTaken, taken: undefined };
		if (!isSame) {
			this.#count(ghost.languageId, { shown: 1 }, latencyMs);
		}
	}

	/** Changes that were made at once, given in places of the text before all of them. */
	changed(document: string, changes: readonly TextChange[]): void {
		const edits = changes.map(({ offset, deletedLength, text }) => ({
			...{ offset, deletedLength },
			insertedLength: text.length,
		}));
		for (const watched of this.#watched) {
			if (watched.document === document) {
				watched.kept = afterEdits(watched.kept, edits);
			}
		}
		const ghost = this.#ghost;
		if (ghost?.document === document) {
			this.#ghost = this.#typedInto(ghost, changes);
		}
	}

	/** The suggestion, as it was given to the editor, was taken as a whole. Comes after the change that it made. */
	accepted(ghost: Ghost): void {
		const current = this.#ghost?.document === ghost.document ? this.#ghost : undefined;
		// By then a beginning of it may have been typed or taken.
		const { offset, text } = current?.taken ?? ghost;
		this.#ghost = undefined;
		this.#count(ghost.languageId, {
			// A suggestion counts once: what was begun by words stays taken in part.
			...(current?.isPartlyTaken === true ? {} : { accepted: 1 }),
			savedKeys: this.#savedBy(text),
		});
		this.#watch(ghost, offset, text.length);
	}

	/** Nothing of it can be seen any more. */
	closed(document: string): void {
		this.#ghost = this.#ghost?.document === document ? undefined : this.#ghost;
		for (const watched of this.#watched) {
			if (watched.document === document) {
				this.#watched.delete(watched);
			}
		}
	}

	dispose(): void {
		this.#ended.abort();
		this.#watched.clear();
	}

	/** What is left of the suggestion after changes of its document. */
	#typedInto(ghost: CurrentGhost, changes: readonly TextChange[]): CurrentGhost | undefined {
		const [change, ...others] = changes;
		// Behind several cursors the same is typed at all of them.
		const text =
			change?.offset === ghost.offset && others.length === 0
				? typedOf(ghost.text, change)
				: undefined;
		if (text === undefined) {
			// What is taken in place of a selected entry, or of what follows, begins at another place.
			return ghost.text !== "" && changes.some((one) => one.text.endsWith(ghost.text))
				? { ...ghost, taken: undefined }
				: undefined;
		}
		const left = {
			...ghost,
			offset: ghost.offset + text.length,
			text: ghost.text.slice(text.length),
		};
		if (left.text === "") {
			return { ...left, taken: { offset: ghost.offset, text } };
		}
		if (!this.#isTakenPart(text)) {
			return left;
		}
		this.#count(ghost.languageId, {
			...(ghost.isPartlyTaken ? {} : { partlyAccepted: 1 }),
			savedKeys: this.#savedBy(text),
		});
		this.#watch(ghost, ghost.offset, text.length);
		return { ...left, isPartlyTaken: true };
	}

	/**
	 * Typing gives one character at a time; several with a letter among them
	 * come from taking a word or a line. An input method, and the list of suggestions, may write the same: that counts as taken.
	 */
	#isTakenPart(text: string): boolean {
		return this.#options.keysOf(text) > 1 && /\p{ID_Continue}/u.test(text);
	}

	/** One key took it. */
	#savedBy(text: string): number {
		return Math.max(0, this.#options.keysOf(text) - 1);
	}

	#watch({ document, languageId }: Ghost, offset: number, length: number): void {
		if (this.#watched.size < maxWatched) {
			const watched: Watched = { document, kept: keptTextAt(offset, length) };
			this.#watched.add(watched);
			void this.#check(watched, languageId, this.#options.today());
		}
	}

	/** Counts for the day on which it was taken. */
	async #check(watched: Watched, languageId: string, day: Day): Promise<void> {
		await this.#options.clock.sleep(checkAfterMs, this.#ended.signal);
		if (this.#watched.delete(watched)) {
			const kept = keptShare(watched.kept) >= keptAtLeast ? 1 : 0;
			this.#options.count(day, { languageId, counts: { checked: 1, kept } });
		}
	}

	#count(languageId: string, counts: StatisticsEvent["counts"], latencyMs?: number): void {
		this.#options.count(this.#options.today(), {
			...{ languageId, counts },
			...(latencyMs !== undefined && { latencyMs }),
		});
	}
}

/** The beginning of a suggestion that a change at its place typed; undefined where it typed something else. */
function typedOf(suggestion: string, { text, deletedLength }: TextChange): string | undefined {
	if (deletedLength > 0) {
		// Typing a closer over the one that stands there replaces it.
		const isTypedOver = text.length === deletedLength && closers.test(text);
		return isTypedOver && suggestion.startsWith(text) ? text : undefined;
	}
	const typed = pair.test(text) ? text.slice(0, 1) : text;
	return typed !== "" && suggestion.startsWith(typed) ? typed : undefined;
}

/** Whether a suggestion is what is left of the one before after somebody has typed along. */
function goesOn(before: Ghost, now: Ghost): boolean {
	const typed = now.offset - before.offset;
	return (
		before.document === now.document &&
		typed >= 0 &&
		typed <= before.text.length &&
		now.text !== "" &&
		before.text.slice(typed) === now.text
	);
}
