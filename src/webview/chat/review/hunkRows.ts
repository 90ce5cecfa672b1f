import type { HunkView, ReviewView } from "../../../chat/messages.ts";

export interface HunkRow {
	readonly kind: "context" | "removed" | "added";
	/** Counted from 1 in the file as it was; undefined for an added line. */
	readonly lineNumber: number | undefined;
	readonly text: string;
}

/** A hunk's lines with their numbers. */
export function hunkRows({ startLine, lines }: HunkView): HunkRow[] {
	let lineNumber = startLine;
	return lines.map((line) => {
		const text = line.slice(1);
		if (line.startsWith("+")) {
			return { kind: "added", lineNumber: undefined, text };
		}
		const kind = line.startsWith("-") ? "removed" : "context";
		return { kind, lineNumber: lineNumber++, text };
	});
}

export interface ReviewCounts {
	readonly open: number;
	readonly accepted: number;
	readonly rejected: number;
}

export function countDecisions({ hunks }: ReviewView): ReviewCounts {
	const count = (decision: HunkView["decision"]): number =>
		hunks.filter((hunk) => hunk.decision === decision).length;
	return { open: count("open"), accepted: count("accepted"), rejected: count("rejected") };
}

/** What is left to decide, or how it was decided. */
export function reviewSummary(review: ReviewView): string {
	const { open, accepted, rejected } = countDecisions(review);
	const changes = (count: number): string => (count === 1 ? "1 change" : `${count} changes`);
	return open > 0
		? `${changes(open)} to decide`
		: `${changes(accepted)} accepted, ${rejected} rejected`;
}
