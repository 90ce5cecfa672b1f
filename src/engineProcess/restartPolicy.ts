/** As in VS Code's language client: a fifth crash within three minutes is one too many. */
const maxCrashes = 5;
const windowMs = 3 * 60 * 1000;

const firstBackOffMs = 250;

export type RestartDecision =
	{ readonly kind: "restart"; readonly delayMs: number } | { readonly kind: "giveUp" };

/**
 * Whether to start the engine's process again after it crashed, and how soon: at once the first time, for
 * a lone crash says little, then with a delay that doubles, for a crash that repeats is likely to repeat
 * again. Pure but for what it remembers.
 */
export class RestartPolicy {
	#crashesAtMs: number[] = [];

	recordCrash(nowMs: number): RestartDecision {
		this.#crashesAtMs = [...this.#crashesAtMs.filter((at) => nowMs - at < windowMs), nowMs];
		const crashes = this.#crashesAtMs.length;
		if (crashes >= maxCrashes) {
			return { kind: "giveUp" };
		}
		return { kind: "restart", delayMs: crashes === 1 ? 0 : firstBackOffMs * 2 ** (crashes - 2) };
	}

	/** Forgets all crashes: the user asked for a restart. */
	reset(): void {
		this.#crashesAtMs = [];
	}
}
