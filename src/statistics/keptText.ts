/** A change of a document, in UTF-16 units of the text before it. */
export interface TextEdit {
	readonly offset: number;
	readonly deletedLength: number;
	readonly insertedLength: number;
}

/**
 * What is left of a text that was put into a document, through all that is done to the document later. Knows places only:
 * neither the text nor the document.
 */
export interface KeptText {
	/** How long it was, in UTF-16 units. */
	readonly length: number;
	/** Where parts of it stand, in order; none is empty, and none touches what was put in between later. */
	readonly parts: readonly { readonly start: number; readonly end: number }[];
}

/** All of a text that has just been put in. */
export function keptTextAt(start: number, length: number): KeptText {
	return { length, parts: length === 0 ? [] : [{ start, end: start + length }] };
}

/** After changes that were made at once, given in places of the text before all of them; they don't overlap. */
export function afterEdits(kept: KeptText, edits: readonly TextEdit[]): KeptText {
	// From the end on, so that none moves the place of another.
	const ordered = [...edits].sort((a, b) => b.offset - a.offset);
	return { length: kept.length, parts: ordered.reduce(partsAfter, kept.parts) };
}

function partsAfter(
	parts: KeptText["parts"],
	{ offset, deletedLength, insertedLength }: TextEdit,
): KeptText["parts"] {
	const deletedEnd = offset + deletedLength;
	const moved = insertedLength - deletedLength;
	return parts.flatMap(({ start, end }) => {
		if (end <= offset) {
			return [{ start, end }];
		}
		const before = { start, end: Math.min(end, offset) };
		const after = { start: Math.max(start, deletedEnd) + moved, end: end + moved };
		return [before, after].filter((part) => part.start < part.end);
	});
}

/** How much of it still stands, from 0 to 1; 1 for an empty text. */
export function keptShare({ length, parts }: KeptText): number {
	const left = parts.reduce((sum, { start, end }) => sum + end - start, 0);
	return length === 0 ? 1 : left / length;
}
