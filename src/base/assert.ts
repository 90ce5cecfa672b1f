/** A broken invariant: a bug in this project, never something a user or a file can cause. */
export class AssertionError extends Error {
	override readonly name = "AssertionError";
}

/** Throws an {@link AssertionError} unless `condition` holds. For bugs only; outside input gets typed errors. */
export function assert(condition: unknown, message: string): asserts condition {
	if (!condition) {
		throw new AssertionError(message);
	}
}

/** Marks a branch that the type checker has proved unreachable. */
export function assertNever(value: never): never {
	throw new AssertionError(`unexpected value: ${JSON.stringify(value)}`);
}
