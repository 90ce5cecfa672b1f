import type { Clock } from "../base/clock.ts";

/** About one frame of a screen: what comes more often isn't seen, and each message costs the view a layout. */
const intervalMs = 16;

export interface DeltaBufferOptions {
	readonly clock: Clock;
	readonly send: (text: string) => void;
}

/** Joins the pieces of an answer, so that at most one message goes out per frame. */
export class DeltaBuffer {
	readonly #options: DeltaBufferOptions;
	#sent = "";
	#waiting = "";
	#lastSentAt: number | undefined;
	#timer: AbortController | undefined;

	constructor(options: DeltaBufferOptions) {
		this.#options = options;
	}

	/** What was sent until now. */
	get sent(): string {
		return this.#sent;
	}

	/** All of the answer until now. */
	get text(): string {
		return this.#sent + this.#waiting;
	}

	add(text: string): void {
		this.#waiting += text;
		if (this.#timer !== undefined || text === "") {
			return;
		}
		const { clock } = this.#options;
		const elapsedMs = this.#lastSentAt === undefined ? intervalMs : clock.now() - this.#lastSentAt;
		if (elapsedMs >= intervalMs) {
			this.flush();
			return;
		}
		const timer = new AbortController();
		this.#timer = timer;
		void clock.sleep(intervalMs - elapsedMs, timer.signal).then(() => {
			if (!timer.signal.aborted) {
				this.flush();
			}
		});
	}

	/** Sends what waits, at once. */
	flush(): void {
		this.#timer?.abort();
		this.#timer = undefined;
		const text = this.#waiting;
		if (text !== "") {
			this.#waiting = "";
			this.#sent += text;
			this.#lastSentAt = this.#options.clock.now();
			this.#options.send(text);
		}
	}
}
