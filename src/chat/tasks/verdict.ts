/** What a language reports about a text, as far as it matters to whoever wants it gone. */
export interface Reported {
	readonly message: string;
	/** The reporter's name for it. */
	readonly code: string | undefined;
	readonly isError: boolean;
	/** Lines count from 0, both included. */
	readonly startLine: number;
	readonly endLine: number;
}

/** Lines of a text that were written anew; both included. */
export interface LineRange {
	readonly start: number;
	readonly end: number;
}

/**
 * Whether a problem that was reported `before` is gone `after` a change of these lines: one of its kind less, since
 * the same mistake may be made twice, and no error on the changed lines that nobody had before.
 */
export function isGone(
	problem: Pick<Reported, "message" | "code">,
	before: readonly Reported[],
	after: readonly Reported[],
	changed: readonly LineRange[],
): boolean {
	return (
		countOf(after, problem) < countOf(before, problem) &&
		!after.some(
			(report) =>
				report.isError &&
				countOf(after, report) > countOf(before, report) &&
				changed.some(({ start, end }) => report.startLine <= end && report.endLine >= start),
		)
	);
}

/** By what it says: where it is changes with every edit. */
export function countOf(
	reports: readonly Reported[],
	{ message, code }: Pick<Reported, "message" | "code">,
): number {
	return reports.filter((report) => report.message === message && report.code === code).length;
}
