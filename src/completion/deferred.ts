/** A promise that is resolved from outside. */
export class Deferred<T> {
	readonly promise: Promise<T>;
	#resolve: ((value: T) => void) | undefined;

	constructor() {
		// Promise.withResolvers does the same, from Node 22 on; the command line runs under 20 too.
		this.promise = new Promise((resolve) => {
			this.#resolve = resolve;
		});
	}

	/** Does nothing after the first time. */
	resolve(value: T): void {
		this.#resolve?.(value);
	}
}
