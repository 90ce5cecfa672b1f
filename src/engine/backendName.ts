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
	return shortened(`${what.join(", ")}${why}`);
}

/** The same for a model on a GPU. `advantage`: by how much it is faster there, where that was measured. */
export function backendNameOnGpu(provider: string, advantage: string | undefined): string {
	const why = advantage === undefined ? "" : ` (${advantage})`;
	return shortened(`${provider} on ONNX Runtime, GPU${why}`);
}

/**
 * The name of what runs on the processor, with why no GPU does: by how much that is faster than the best of them, and for
 * others what is wrong with them ("WebGPU, because …").
 */
export function backendNameWithoutGpu(
	name: string,
	advantage: string | undefined,
	reasons: readonly string[],
): string {
	const how = advantage === undefined ? "" : ` (${advantage})`;
	const why = reasons.map((reason) => ` — not on ${reason}`).join("");
	return shortened(`${name}${how}${why}`);
}

function shortened(text: string): string {
	const line = text.replace(/\s+/g, " ");
	// A runtime's message may name a path, or the same path three times.
	return line.length <= maxBackendNameLength
		? line
		: `${line.slice(0, maxBackendNameLength - 1).toWellFormed()}…`;
}
