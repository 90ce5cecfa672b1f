/** Longest name of a backend; it crosses the boundary of the engine's process. */
export const maxBackendNameLength = 400;

export interface BackendParts {
	readonly runtime: string;
	readonly threads: number;
	/** What else runs the model, and why that; undefined where there was nothing to choose. */
	readonly choice: string | undefined;
	/** The rest of a sentence after "because", where Mote's addon does not run the model. Of any length. */
	readonly withoutAddonReason?: string;
}

/** For people, in one line: what runs the model, and why that. */
export function backendNameOf(parts: BackendParts): string {
	const { runtime, threads, choice, withoutAddonReason: reason } = parts;
	const threadsInWords = threads === 1 ? "1 thread" : `${threads} threads`;
	const what = [runtime, "CPU", threadsInWords, ...(choice === undefined ? [] : [choice])];
	const why = reason === undefined ? "" : ` — without Mote's addon, because ${reason}`;
	const line = `${what.join(", ")}${why}`.replace(/\s+/g, " ");
	// A runtime's message may name a path, or the same path three times.
	return line.length <= maxBackendNameLength
		? line
		: `${line.slice(0, maxBackendNameLength - 1).toWellFormed()}…`;
}
