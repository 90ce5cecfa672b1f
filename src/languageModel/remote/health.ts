export type ServerHealthKind =
	/** Nothing was asked yet. */
	| "unknown"
	| "ready"
	/** It has to read its model from the disk first. */
	| "loading"
	/** It answers, but later than one wants to wait, or it asked for fewer requests. */
	| "slow"
	/** It can't be reached, fails, or refuses the key. */
	| "down";

export interface ServerHealth {
	readonly kind: ServerHealthKind;
	/** When it became so, in milliseconds since 1970. */
	readonly since: number;
	/** For people: what is the matter, and what is done about it. */
	readonly sentence: string;
}

/** Remembers how a server does, and tells when that changes. */
export class HealthMonitor {
	readonly #onDidChange: (health: ServerHealth) => void;
	#health: ServerHealth;

	constructor(origin: string, onDidChange: (health: ServerHealth) => void) {
		this.#onDidChange = onDidChange;
		this.#health = {
			kind: "unknown",
			since: Date.now(),
			sentence: `${origin} was not asked yet.`,
		};
	}

	get health(): ServerHealth {
		return this.#health;
	}

	report(kind: ServerHealthKind, sentence: string): void {
		if (kind === this.#health.kind) {
			// The newest sentence is the one to show, but a state lasts from when it began.
			this.#health = { ...this.#health, sentence };
			return;
		}
		this.#health = { kind, since: Date.now(), sentence };
		this.#onDidChange(this.#health);
	}
}
