import { assert } from "./assert.ts";

/**
 * `stream` for a `for await` loop, which throws away what a generator returns: `onEnd` hears it. Leaving
 * the loop leaves `stream`, which going through it by hand would not.
 */
export async function* withResult<Item, Result>(
	stream: AsyncGenerator<Item, Result, void>,
	onEnd: (result: Result) => void,
): AsyncGenerator<Item, void, void> {
	onEnd(yield* stream);
}

/** `stream` with each item changed. Leaving it leaves `stream`. */
export async function* mapped<From, To, Result>(
	stream: AsyncGenerator<From, Result, void>,
	change: (item: From) => To,
): AsyncGenerator<To, Result, void> {
	const ends: { readonly result: Result }[] = [];
	for await (const item of withResult(stream, (result) => void ends.push({ result }))) {
		yield change(item);
	}
	const [end] = ends;
	assert(end !== undefined, "a generator that is gone through to its end returned");
	return end.result;
}
