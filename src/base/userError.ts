/** Breaks a line, can't be seen, or turns the direction of the text around it. */
const unfitForSentence = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/**
 * A fault that the user can mend. `message` is one sentence that says what is wrong and what to do about
 * it; it is shown as it stands. Names that it takes over from files and servers can't break it into lines or turn it
 * around. `code` is stable and crosses process boundaries.
 */
export class UserError<Code extends string = string> extends Error {
	override readonly name = "UserError";
	readonly code: Code;

	constructor(code: Code, message: string, options?: ErrorOptions) {
		super(message.toWellFormed().replaceAll(unfitForSentence, " "), options);
		this.code = code;
	}
}

export function isUserError(error: unknown): error is UserError {
	return error instanceof UserError;
}
