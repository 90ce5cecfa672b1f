import { UserError } from "../base/userError.ts";

/** One word after `mote`. */
export interface Command {
	/** One line for the overview. */
	readonly summary: string;
	/** How to write it, with every option. */
	readonly usage: string;
	/**
	 * `args` are the words after the command's own. Resolves to the process's exit code; throws a UserError
	 * for what the user can mend.
	 */
	run(args: readonly string[]): Promise<number>;
}

/** A wrong option or argument; the message says which. */
export function usageError(message: string): UserError {
	return new UserError("usage", message);
}

/** The value of a numeric option within [min, max], or `fallback` when it isn't given. */
export function numberOption(
	name: string,
	text: string | undefined,
	{ min, max, fallback }: { readonly min: number; readonly max: number; readonly fallback: number },
): number {
	if (text === undefined) {
		return fallback;
	}
	const value = Number(text);
	if (text.trim() === "" || !Number.isFinite(value) || value < min || value > max) {
		throw usageError(`--${name} takes a number from ${min} to ${max}, not "${text}".`);
	}
	return value;
}
