import type { Draw } from "./draw.ts";

/** A file format as it is fuzzed. */
export interface FuzzFormat {
	/** A random or mutated file, or the beginning of one. */
	draw(draw: Draw): Buffer;
	/**
	 * Reads it as Mote does, and looks at what has been read.
	 *
	 * @returns whether it was taken, or more of it is wanted
	 * @throws UserError where it is refused; any other error is a fault of the reader
	 */
	read(bytes: Buffer, draw: Draw): Reading | Promise<Reading>;
}

export type Reading = "taken" | "incomplete";

/** @throws Error where `claim` doesn't hold of what has been read */
export function demand(isTrue: boolean, claim: string): void {
	if (!isTrue) {
		throw new Error(`not so: ${claim}`);
	}
}
