import type { Logger } from "../../base/log.ts";

export interface Problem {
	readonly level: "warning" | "error";
	/** As it was logged: it may name files. */
	readonly message: string;
	/** On the machine's monotonic clock. */
	readonly atMs: number;
}

/** Who looks for a reason looks at the last few. */
const maxProblems = 20;

/** Of one message; a stack is in the log. */
const maxKeptLength = 2000;

/** A logger that also remembers what went wrong last. */
export class RecentProblems implements Logger {
	readonly #logger: Logger;
	readonly #now: () => number;
	readonly #problems: Problem[] = [];

	constructor(logger: Logger, now: () => number) {
		this.#logger = logger;
		this.#now = now;
	}

	/** The latest last. */
	get problems(): readonly Problem[] {
		return this.#problems;
	}

	debug(message: string): void {
		this.#logger.debug(message);
	}

	info(message: string): void {
		this.#logger.info(message);
	}

	warn(message: string): void {
		this.#note("warning", message);
		this.#logger.warn(message);
	}

	error(message: string): void {
		this.#note("error", message);
		this.#logger.error(message);
	}

	#note(level: Problem["level"], message: string): void {
		this.#problems.push({ level, message: message.slice(0, maxKeptLength), atMs: this.#now() });
		this.#problems.splice(0, this.#problems.length - maxProblems);
	}
}
