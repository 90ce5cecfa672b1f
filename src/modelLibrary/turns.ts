import PQueue from "p-queue";

/** How a piece of work of a library ends that doesn't fail. */
export type InstallOutcome =
	{ readonly kind: "installed"; readonly folder: string } | { readonly kind: "paused" };

/** Has pieces of work done one after the other. */
export class Turns {
	readonly #queue = new PQueue({ concurrency: 1 });

	/** Does `work` when what was asked for before is done; "paused" as soon as `signal` aborts until then. */
	take(signal: AbortSignal, work: () => Promise<InstallOutcome>): Promise<InstallOutcome> {
		return new Promise((resolve, reject) => {
			const giveUp = (): void => resolve({ kind: "paused" });
			signal.addEventListener("abort", giveUp, { once: true });
			this.#queue
				.add(async (): Promise<InstallOutcome> => {
					signal.removeEventListener("abort", giveUp);
					return signal.aborted ? { kind: "paused" } : await work();
				})
				.then(resolve, reject);
		});
	}
}
