/** A part of a token's text, which may be empty, and the natural logarithm of how much less likely it makes the answer's text. */
export interface LikelyPiece {
	readonly text: string;
	readonly logProbability: number;
}

/** Of one token: its text without what heals, and how likely the answer's text is up to each byte of that. */
export interface TokenText {
	readonly text: string;
	/** As in `GeneratedToken`; those of bytes that heal come first. */
	readonly textProbabilities: readonly number[];
	/** How likely the text before the token is, in (0, 1]. */
	readonly before: number;
}

/** A beginning of a token is worth telling apart where what follows makes the text less likely by more than this share. */
const tellingShare = 0.01;

const leastProbability = Number.MIN_VALUE;

/**
 * Cuts a token's text where it becomes less likely: `er,` may be likely up to its comma. At least one piece. Where
 * the token's bytes aren't whole characters, a beginning counts as no likelier than it is.
 */
export function likelyPieces({
	text,
	textProbabilities,
	before,
}: TokenText): readonly LikelyPiece[] {
	const all = Math.max(leastProbability, textProbabilities.at(-1) ?? before);
	const characters = Array.from(text);
	const bytes = characters.map(byteLength);
	const visible = bytes.reduce((sum, count) => sum + count, 0);
	if (visible > textProbabilities.length) {
		return [{ text, logProbability: Math.log(all) - Math.log(before) }];
	}
	const pieces: LikelyPiece[] = [];
	let at = textProbabilities.length - visible;
	let piece = "";
	let from = before;
	let reached = before;
	for (const [i, character] of characters.entries()) {
		at += bytes[i] ?? 0;
		const probability = Math.max(leastProbability, textProbabilities[at - 1] ?? reached);
		if (piece !== "" && probability < reached * (1 - tellingShare)) {
			pieces.push({ text: piece, logProbability: Math.log(reached) - Math.log(from) });
			from = reached;
			piece = "";
		}
		piece += character;
		reached = probability;
	}
	pieces.push({ text: piece, logProbability: Math.log(all) - Math.log(from) });
	return pieces;
}

/** In UTF-8. */
function byteLength(character: string): number {
	const code = character.codePointAt(0) ?? 0;
	return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}
