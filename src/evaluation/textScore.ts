import { assert } from "../base/assert.ts";
import type { Backend, KvCache } from "../engine/backend.ts";
import type { TokenId, Tokenizer } from "../tokenizer/tokenizer.ts";
import type { TextWindow } from "./textWindows.ts";

/** Sums over scored tokens. */
export interface TextScore {
	/** Σ −log₂ P(token | all tokens of the window before it). */
	readonly bits: number;
	/** Of the UTF-8 text that the scored tokens stand for. */
	readonly bytes: number;
	readonly tokens: number;
	/** Tokens that had the highest probability of all. */
	readonly right: number;
}

export const noScore: TextScore = { bits: 0, bytes: 0, tokens: 0, right: 0 };

export function addScores(a: TextScore, b: TextScore): TextScore {
	return {
		bits: a.bits + b.bits,
		bytes: a.bytes + b.bytes,
		tokens: a.tokens + b.tokens,
		right: a.right + b.right,
	};
}

/** NaN for no text, so that a missing measurement can't pass for a perfect one. */
export function bitsPerByte({ bits, bytes }: TextScore): number {
	return bits / bytes;
}

/** Next-token accuracy, in [0, 1]. */
export function top1({ right, tokens }: TextScore): number {
	return right / tokens;
}

/** Rows of logits held at once: 128 × 16,384 of them are 8 MiB. */
const chunkTokens = 128;

/**
 * Scores windows with the right tokens as context (teacher forcing), one after the other. The heading is
 * neither scored nor counted; without one a window's first token isn't, because nothing predicts it.
 */
export async function scoreWindows(
	windows: readonly TextWindow[],
	backend: Backend,
	tokenizer: Tokenizer,
): Promise<TextScore> {
	let score = noScore;
	await forEachRow(windows, backend, (logits, target) => {
		score = addScores(score, scoreOf(judge(logits, target), tokenizer.bytesOf(target).length));
	});
	return score;
}

export function scoreOf({ bits, isMostLikely }: Judged, bytes: number): TextScore {
	return { bits, bytes, tokens: 1, right: isMostLikely ? 1 : 0 };
}

/** `visit` sees every scored token of the windows in order, with the logits row that predicts it. */
export async function forEachRow(
	windows: readonly TextWindow[],
	backend: Backend,
	visit: (logits: Float32Array, target: TokenId) => void,
): Promise<void> {
	const longest = windows.reduce(
		(most, { heading, tokens }) => Math.max(most, heading.length + tokens.length),
		0,
	);
	if (windows.length === 0) {
		return;
	}
	assert(longest <= backend.contextLength, "a window fits the model's context");
	const cache = backend.createKvCache(longest);
	try {
		for (const window of windows) {
			cache.rewindTo(0);
			await forEachRowOf(window, backend, cache, visit);
		}
	} finally {
		cache.dispose();
	}
}

async function forEachRowOf(
	{ heading, tokens }: TextWindow,
	backend: Backend,
	cache: KvCache,
	visit: (logits: Float32Array, target: TokenId) => void,
): Promise<void> {
	const sequence = [...heading, ...tokens];
	const firstScored = Math.max(heading.length, 1);
	// The last token predicts nothing that is known.
	for (let start = 0; start < sequence.length - 1; start += chunkTokens) {
		const end = Math.min(start + chunkTokens, sequence.length - 1);
		// Row i predicts the token after position start + i.
		const rows = Math.max(0, end - Math.max(start, firstScored - 1));
		const logits = await backend.forward(cache, sequence.slice(start, end), rows);
		for (let row = 0; row < rows; row++) {
			const target = sequence[end - rows + row + 1];
			assert(target !== undefined, "every scored row has a token after it");
			visit(logits.row(row), target);
		}
	}
}

/** How a distribution did on the token that came. */
export interface Judged {
	readonly bits: number;
	readonly isMostLikely: boolean;
}

/** One pass over a row: the sum of the exponentials is rescaled whenever a higher logit turns up. */
export function judge(logits: Float32Array, target: TokenId): Judged {
	let best = 0;
	let highest = -Infinity;
	let sum = 0;
	for (let id = 0; id < logits.length; id++) {
		const logit = logits[id] ?? NaN;
		if (logit > highest) {
			sum = sum * Math.exp(highest - logit) + 1;
			highest = logit;
			best = id;
		} else {
			sum += Math.exp(logit - highest);
		}
	}
	const nats = Math.log(sum) + highest - (logits[target] ?? NaN);
	return { bits: nats / Math.LN2, isMostLikely: best === target };
}
