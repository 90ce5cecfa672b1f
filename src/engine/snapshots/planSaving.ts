import { commonPrefixLength, type KeptPrefix } from "../prefixReuse.ts";

/** A KV cache in memory, as far as the choices below need to know it. */
export interface SavablePrefix extends KeptPrefix {
	/** Whether its text may lie on the disk. */
	readonly mayPersist: boolean;
}

/**
 * A prefix is not written when what is there leaves no more than this many of its tokens to read: the first
 * prompt after a start then reads these, the keys that were typed since, and no more.
 */
const maxUnsavedTokens = 32;

/**
 * Shorter ones are read again before anybody notices. Among them are prompts that stood in for longer ones, which would take the
 * places of these.
 */
const minSavedTokens = 160;

/** Documents that somebody goes to and fro between; the others were saved when they were the latest. */
const maxSaves = 4;

/** How much of a cache is worth keeping for long: its prompt where that is known, not the answer behind it. */
export function savedLength({ tokens, logitsAfter }: KeptPrefix): number {
	return logitsAfter ?? tokens.length;
}

/**
 * Which of the kept caches to write, the newest first: those that neither a newer one nor a snapshot can stand
 * in for. Typing in a document changes one cache, so that this is about one for each place in each document. Pure.
 *
 * @param kept Newest last.
 * @returns Indices into `kept`.
 */
export function planSaving(
	kept: readonly SavablePrefix[],
	saved: readonly KeptPrefix[],
): readonly number[] {
	const covering: KeptPrefix[] = [...saved];
	const chosen: number[] = [];
	for (const [i, prefix] of [...kept.entries()].reverse()) {
		const length = savedLength(prefix);
		const tokens = prefix.tokens.slice(0, length);
		const isCovered = covering.some(
			(other) =>
				commonPrefixLength(other.tokens, tokens, savedLength(other)) >= length - maxUnsavedTokens,
		);
		if (prefix.mayPersist && length >= minSavedTokens && !isCovered && chosen.length < maxSaves) {
			chosen.push(i);
			covering.push({ ...prefix, tokens });
		}
	}
	return chosen;
}

/**
 * Which snapshots a new one of `prefix` replaces: those of which no more than the tail of the last keystrokes
 * would be lost. Pure.
 */
export function planReplacing<Snapshot extends KeptPrefix>(
	saved: readonly Snapshot[],
	tokens: KeptPrefix["tokens"],
): readonly Snapshot[] {
	return saved.filter(
		(other) =>
			commonPrefixLength(other.tokens, tokens, tokens.length) >=
			other.tokens.length - maxUnsavedTokens,
	);
}
