import type { TextChange } from "../../nextEdit/editHistory.ts";

/** What one event of the editor changed. */
export interface ChangeEvent {
	readonly changes: readonly TextChange[];
	readonly atMs: number;
	readonly isUndo: boolean;
}

/** Between two pauses nobody types more than this; tools do, and what they do isn't followed. In changes and UTF-16 units. */
export const maxPendingChanges = 2000;
export const maxPendingUnits = 200_000;

/** Changes of a document that are kept until somebody has time for them. Costs nothing but a place in a list while somebody types. */
export class PendingChanges {
	#events: ChangeEvent[] = [];
	#changes = 0;
	#units = 0;
	/** Whether the text has to be read anew: it never was, or too much has changed. */
	#isLost = true;

	note(event: ChangeEvent): void {
		if (this.#isLost) {
			return;
		}
		this.#changes += event.changes.length;
		for (const { text } of event.changes) {
			this.#units += text.length;
		}
		if (this.#changes > maxPendingChanges || this.#units > maxPendingUnits) {
			this.lose();
		} else {
			this.#events.push(event);
		}
	}

	/** From now on the text has to be read anew. */
	lose(): void {
		this.#isLost = true;
		this.#events = [];
	}

	/** What has happened since it was last asked; "lost" where only the text itself tells. */
	take(): readonly ChangeEvent[] | "lost" {
		const taken = this.#isLost ? "lost" : this.#events;
		this.#isLost = false;
		this.#events = [];
		this.#changes = 0;
		this.#units = 0;
		return taken;
	}
}
