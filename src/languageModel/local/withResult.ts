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
