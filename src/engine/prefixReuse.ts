import type { TokenId } from "../tokenizer/tokenizer.ts";
import type { RequestPriority } from "./engine.ts";

/** A KV cache kept after its request, as far as the choices below need to know it. */
export interface KeptPrefix {
	/** The tokens whose keys and values the cache holds. */
	readonly tokens: readonly TokenId[];
	readonly bytes: number;
	/** Of the request that used it last. */
	readonly priority: RequestPriority;
	/** The logits after this many of the tokens are remembered. */
	readonly logitsAfter: number | undefined;
}

export type ReusePlan =
	/** Rewind this cache to `length` and go on with it. */
	| { readonly kind: "take"; readonly index: number; readonly length: number }
	/** Copy the first `length` positions of this cache and leave it as it is. */
	| { readonly kind: "copy"; readonly index: number; readonly length: number }
	/** Start with an empty cache. */
	| { readonly kind: "fresh" };

/**
 * A cache is taken and rewound when no more than this many tokens behind the common prefix are lost:
 * usually the answer to the last keystroke, which is not what the user typed. More are kept for the
 * request that may come back to them, and the common prefix is copied, at about a thousandth of the cost
 * of computing it.
 */
const maxLostTokens = 64;

/**
 * Which of the kept caches to use for `prompt`: the one with the longest common prefix, and of equals the
 * newest. If the logits after the prompt are needed, its last token is left to run, unless just those are
 * remembered: with token healing, the prompt stays the same while a word is typed. Pure.
 *
 * @param kept Newest last.
 */
export function planReuse(
	kept: readonly KeptPrefix[],
	prompt: readonly TokenId[],
	needsLogits: boolean,
	maxLost = maxLostTokens,
): ReusePlan {
	let index = -1;
	let length = 0;
	for (const [i, { tokens, logitsAfter }] of kept.entries()) {
		const mustRun = needsLogits && logitsAfter !== prompt.length ? 1 : 0;
		const common = commonPrefixLength(tokens, prompt, prompt.length - mustRun);
		if (common > 0 && common >= length) {
			index = i;
			length = common;
		}
	}
	const best = kept[index];
	if (best === undefined) {
		return { kind: "fresh" };
	}
	return { kind: best.tokens.length - length <= maxLost ? "take" : "copy", index, length };
}

/**
 * Which of several prompts to answer, the best first, by how many tokens of each are still to be read: the first that needs no
 * more than `maxUnreadTokens`, or else the one that needs fewest. Pure.
 *
 * @returns An index into `unreadTokens`, which is not empty.
 */
export function chooseByReading(unreadTokens: readonly number[], maxUnreadTokens: number): number {
	const first = unreadTokens.findIndex((unread) => unread <= maxUnreadTokens);
	return first >= 0 ? first : unreadTokens.indexOf(Math.min(...unreadTokens));
}

export interface KeepLimits {
	readonly maxCaches: number;
	/** The newest cache is kept even if it is larger than this by itself. */
	readonly maxBytes: number;
}

/** What memory the caches in use have or are about to take, beside the kept ones. */
export interface MemoryInUse {
	readonly bytes: number;
	/** Of the request that takes more now; without one, a cache has just been given back. */
	readonly taker: RequestPriority | undefined;
}

/**
 * Which of the kept caches to drop so that the limits hold. First those that another one contains whole,
 * for they can serve nothing that it can't. Then the least recently used; but the last one of a priority
 * other than that of whom room is made for stays while others are left, so that a run of completions in many
 * files does not throw away the long prefix of the chat beside them. One that was just given back stays. Pure.
 *
 * @param kept Newest last.
 * @returns Indices into `kept`, ascending.
 */
export function planEviction(
	kept: readonly KeptPrefix[],
	limits: KeepLimits,
	inUse: MemoryInUse = { bytes: 0, taker: undefined },
): readonly number[] {
	const remaining = [...kept.keys()].filter(
		(i) => !kept.some((_, j) => j !== i && isContained(kept, i, j)),
	);
	const newest = inUse.taker === undefined ? remaining.at(-1) : undefined;
	const beneficiary = inUse.taker ?? kept[newest ?? -1]?.priority;
	const isGuarded = (i: number): boolean => {
		const priority = kept[i]?.priority;
		return (
			priority !== beneficiary && remaining.findLast((j) => kept[j]?.priority === priority) === i
		);
	};
	const victims = remaining.filter((i) => i !== newest);
	victims.sort((a, b) => Number(isGuarded(a)) - Number(isGuarded(b)) || a - b);
	const staying = new Set(remaining);
	const { maxCaches, maxBytes } = limits;
	const room = { maxCaches, maxBytes: maxBytes - inUse.bytes };
	for (const victim of victims) {
		if (
			fits(
				[...staying].map((i) => kept[i]?.bytes ?? 0),
				room,
			)
		) {
			break;
		}
		staying.delete(victim);
	}
	return [...kept.keys()].filter((i) => !staying.has(i));
}

/** Whether the tokens of `inner` begin those of `outer`. Of equal ones the older is inside the newer. */
function isContained(kept: readonly KeptPrefix[], inner: number, outer: number): boolean {
	const innerTokens = kept[inner]?.tokens ?? [];
	const outerTokens = kept[outer]?.tokens ?? [];
	return innerTokens.length === outerTokens.length
		? inner < outer && isPrefix(innerTokens, outerTokens)
		: isPrefix(innerTokens, outerTokens);
}

function fits(bytes: readonly number[], { maxCaches, maxBytes }: KeepLimits): boolean {
	return bytes.length <= maxCaches && bytes.reduce((sum, size) => sum + size, 0) <= maxBytes;
}

/** How many of the first `maxLength` tokens are the same. */
export function commonPrefixLength(
	a: readonly TokenId[],
	b: readonly TokenId[],
	maxLength: number,
): number {
	const limit = Math.min(a.length, b.length, maxLength);
	let length = 0;
	while (length < limit && a[length] === b[length]) {
		length++;
	}
	return length;
}

function isPrefix(a: readonly TokenId[], b: readonly TokenId[]): boolean {
	return a.length <= b.length && commonPrefixLength(a, b, a.length) === a.length;
}
