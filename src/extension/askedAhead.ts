import { abortReason } from "../base/abort.ts";
import type { CompletionOutcome } from "../completion/completionProvider.ts";

/** The cursor in one version of a document. */
export interface AskedPlace<Document extends object> {
	readonly document: Document;
	readonly version: number;
	/** In UTF-16 units. */
	readonly offset: number;
}

export interface Question {
	readonly outcome: Promise<CompletionOutcome>;
	/** Ends it. */
	readonly controller: AbortController;
}

/** After so many questions in a row that the editor didn't ask, it isn't asking for ghost text here. */
const maxUnclaimed = 3;

/**
 * Questions that are asked before the editor asks them. After a key VS Code waits for 50 ms before it asks for ghost text, and
 * most answers need less: asked at the key, they are there when it does. One is under way at a time, and while the editor asks
 * none of them, no more are asked.
 */
export class AskedAhead<Document extends object> {
	#asked: (AskedPlace<Document> & Question) | undefined;
	#unclaimed = 0;

	/** Ends what was asked before and the editor hasn't taken. */
	ask(place: AskedPlace<Document>, ask: () => Question | undefined): void {
		this.end();
		const question = this.#unclaimed < maxUnclaimed ? ask() : undefined;
		if (question !== undefined) {
			this.#unclaimed++;
			this.#asked = { ...question, ...place };
		}
	}

	/** The editor asks now: gives it the question about this very place, which is its own from now on, and ends any other. */
	claim({ document, version, offset }: AskedPlace<Document>): Question | undefined {
		const asked = this.#asked;
		if (asked?.document === document && asked.version === version && asked.offset === offset) {
			this.#asked = undefined;
			this.#unclaimed = 0;
			return asked;
		}
		this.end();
		this.#unclaimed = 0;
		return undefined;
	}

	/** Ends what the editor hasn't taken. */
	end(): void {
		this.#asked?.controller.abort(abortReason);
		this.#asked = undefined;
	}
}
