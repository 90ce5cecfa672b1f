import type { Logger } from "../base/log.ts";
import { UserError } from "../base/userError.ts";

/** Says once what goes wrong. */
export class FaultLog {
	readonly #logger: Logger;
	#last = "";

	constructor(logger: Logger) {
		this.#logger = logger;
	}

	/**
	 * Logs a fault that isn't the one before: the same comes back with every key, and until it is mended it is worth one
	 * line. Returns a sentence for whoever asks.
	 */
	log(error: unknown): string {
		const message = error instanceof Error ? error.message : String(error);
		const isUserError = error instanceof UserError;
		if (message !== this.#last) {
			this.#last = message;
			if (isUserError) {
				this.#logger.warn(`No completion: ${message}`);
			} else {
				const stack = error instanceof Error ? (error.stack ?? message) : message;
				this.#logger.error(`A completion failed because of a bug in this extension: ${stack}`);
			}
		}
		return isUserError ? message : "A bug in this extension; the log has more.";
	}

	/** It works again: the same fault would be news. */
	clear(): void {
		this.#last = "";
	}
}
