/** Why a request ends before its own end. The first cause counts; later ones change nothing. */
export type CancelCause = "aborted" | "superseded" | "disposed";

/**
 * The one abort signal inside the engine for one request. The caller's signal, a newer request with the
 * same key and the engine's disposal all lead here, so that the loops look at one signal only and the
 * result still tells the causes apart.
 */
export class Cancellation {
	readonly #controller = new AbortController();
	#cause: CancelCause | undefined;

	get signal(): AbortSignal {
		return this.#controller.signal;
	}

	get cause(): CancelCause | undefined {
		return this.#cause;
	}

	cancel(cause: CancelCause): void {
		if (this.#cause !== undefined) {
			return;
		}
		this.#cause = cause;
		this.#controller.abort();
	}

	/** Cancels with "aborted" when `outer` aborts, at once if it has. Returns how to stop listening. */
	follow(outer: AbortSignal): () => void {
		if (outer.aborted) {
			this.cancel("aborted");
			return () => undefined;
		}
		const onAbort = (): void => {
			this.cancel("aborted");
		};
		outer.addEventListener("abort", onAbort, { once: true });
		return () => {
			outer.removeEventListener("abort", onAbort);
		};
	}
}
