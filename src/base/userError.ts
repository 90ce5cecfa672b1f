/**
 * A fault that the user can mend. `message` is one sentence that says what is wrong and what to do about
 * it; it is shown as it stands. `code` is stable and crosses process boundaries.
 */
export class UserError<Code extends string = string> extends Error {
	override readonly name = "UserError";

	constructor(
		readonly code: Code,
		message: string,
		options?: ErrorOptions,
	) {
		super(message, options);
	}
}

export function isUserError(error: unknown): error is UserError {
	return error instanceof UserError;
}
