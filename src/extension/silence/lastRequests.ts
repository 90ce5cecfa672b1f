import type { CompletionOutcome, NoCompletionReason } from "../../completion/completionProvider.ts";
import type { CompletionTrace } from "../../completion/completionTrace.ts";
import type { GenerateStats } from "../../engine/engine.ts";

/** How one request for a completion ended. Holds no text of a document. */
export type RequestRecord =
	/** It never came to the pipeline. */
	| {
			readonly kind: "declined";
			readonly reason: NoCompletionReason;
			readonly languageId: string;
			readonly isInvoked: boolean;
	  }
	| {
			readonly kind: "finished";
			readonly outcome: CompletionOutcome;
			readonly trace: CompletionTrace;
			readonly stats: GenerateStats | undefined;
	  };

export interface RequestsSoFar {
	/** The last that gave nothing, those left out that were withdrawn. */
	readonly silence: RequestRecord | undefined;
	/** Requests since then that were withdrawn, mostly because somebody typed on. */
	readonly withdrawn: number;
	/** Whether a suggestion was given to the editor since then. */
	readonly isAnsweredSince: boolean;
}

/** Remembers what is to be known about the last silence. */
export class LastRequests {
	#soFar: RequestsSoFar = { silence: undefined, withdrawn: 0, isAnsweredSince: false };

	get soFar(): RequestsSoFar {
		return this.#soFar;
	}

	note(record: RequestRecord): void {
		const reason = reasonOf(record);
		if (reason === undefined) {
			this.#soFar = { ...this.#soFar, isAnsweredSince: true };
		} else if (reason === "cancelled" || reason === "superseded") {
			const { silence, withdrawn } = this.#soFar;
			// Better than nothing, until there is another.
			this.#soFar = { ...this.#soFar, silence: silence ?? record, withdrawn: withdrawn + 1 };
		} else {
			this.#soFar = { silence: record, withdrawn: 0, isAnsweredSince: false };
		}
	}
}

/** Undefined for one that gave something. */
export function reasonOf(record: RequestRecord): NoCompletionReason | undefined {
	if (record.kind === "declined") {
		return record.reason;
	}
	return record.outcome.kind === "none" ? record.outcome.reason : undefined;
}
