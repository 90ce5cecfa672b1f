import type { TimeLimitsMs } from "../../base/network/timeLimits.ts";

/** What a request is for, which says how long it is worth waiting. */
export type Urgency = "completion" | "chat" | "list";

export interface Effort {
	readonly limitsMs: TimeLimitsMs;
	/** Attempts after the first, while nothing of an answer came. */
	readonly retries: number;
	readonly backoff: { readonly initialDelay: number; readonly maxDelay: number };
	/** How long a server that says that it loads its model is asked again and again. */
	readonly loadingMs: number;
	/** A longer pause before a retry, as a server may ask for, isn't waited for. */
	readonly maxWaitMs: number;
	/** An answer that begins later than this is slow; who gave up after so long had reason to. */
	readonly slowMs: number;
	/** Whether it waits for the question whether a server that was down is back. */
	readonly isPatient: boolean;
}

const efforts: Readonly<Record<Urgency, Effort>> = {
	// Ghost text that comes later than a second or two is for a cursor that has moved on.
	completion: {
		limitsMs: { firstByte: 4000, betweenChunks: 4000, total: 20_000 },
		retries: 1,
		backoff: { initialDelay: 150, maxDelay: 300 },
		loadingMs: 0,
		maxWaitMs: 1000,
		slowMs: 1200,
		isPatient: false,
	},
	// A long prompt on a small server is read for minutes; llama.cpp sends nothing before that is done.
	chat: {
		limitsMs: { firstByte: 180_000, betweenChunks: 60_000, total: 30 * 60_000 },
		retries: 2,
		backoff: { initialDelay: 500, maxDelay: 8000 },
		loadingMs: 180_000,
		maxWaitMs: 20_000,
		slowMs: 15_000,
		isPatient: true,
	},
	list: {
		limitsMs: { firstByte: 8000, betweenChunks: 8000, total: 15_000 },
		retries: 1,
		backoff: { initialDelay: 300, maxDelay: 1000 },
		loadingMs: 0,
		maxWaitMs: 2000,
		slowMs: 5000,
		isPatient: true,
	},
};

export function effortOf(urgency: Urgency): Effort {
	return efforts[urgency];
}
