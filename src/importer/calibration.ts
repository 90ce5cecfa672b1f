import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { calibrationText } from "./calibrationText.ts";

/** Longest sequence; four of them are measured in seconds, also with a large model. */
const maxTokens = 1024;

/** Of the pseudo-random sequence; any number does. */
const seed = 20_261_123;

/**
 * Sequences of token ids over which the ranges of a model's KV cache are measured: code as it stands, code
 * behind each of a model's special tokens as in a prompt, and tokens drawn evenly from the vocabulary, since
 * the rare ones are the largest. Always the same for one tokenizer; none is longer than `contextLength`.
 */
export function calibrationSequences(
	tokenizer: Pick<Tokenizer, "vocabularySize" | "encode" | "bytesOf">,
	contextLength: number,
): readonly (readonly number[])[] {
	const { vocabularySize } = tokenizer;
	const length = Math.min(maxTokens, contextLength);
	const text: readonly number[] = tokenizer.encode(calibrationText);
	const middle = Math.floor(text.length / 2);
	return [
		text.slice(0, length),
		text.slice(middle, middle + length),
		randomIds(length, vocabularySize),
		// As in fill-in-the-middle: the suffix of a file, its prefix, and more text. Small ids are special
		// tokens in our own models, large ones in most others.
		[0, ...text.slice(middle), 1, ...text.slice(0, middle), vocabularySize - 1].slice(0, length),
	].filter((sequence) => sequence.length > 0);
}

/** A linear congruential generator, of which the upper bits are used. */
function randomIds(count: number, vocabularySize: number): readonly number[] {
	let state = seed;
	return Array.from({ length: count }, () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return Math.floor((state / 2 ** 32) * vocabularySize);
	});
}
