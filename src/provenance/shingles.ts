/**
 * A text as numbers that stay the same when its white space, its line breaks and its indentation change: a *lexeme* is a name,
 * a number or any other single character that isn't white space, and a *shingle* is some lexemes behind each other.
 */

/**
 * Hears the hash of each shingle, two numbers of 32 bits that are not negative, and where it begins and ends in the text, in UTF-16
 * units.
 */
export type ShingleVisitor = (
	first: number,
	second: number,
	startOffset: number,
	endOffset: number,
) => void;

/** Two odd factors, as polynomials modulo 2^32 ask for: those of xxHash32 (its primes 2 and 3). */
const [firstFactor, secondFactor] = [2246822519, 3266489917];

/** Calls `visit` for each shingle of `shingleLexemes` lexemes, in order. Takes a time that grows with the text alone. */
export function visitShingles(text: string, shingleLexemes: number, visit: ShingleVisitor): void {
	const hashes = new Int32Array(shingleLexemes);
	const starts = new Int32Array(shingleLexemes);
	const firstOldest = power(firstFactor, shingleLexemes);
	const secondOldest = power(secondFactor, shingleLexemes);
	let [first, second, count] = [0, 0, 0];
	for (const match of text.matchAll(lexemes())) {
		const [lexeme] = match;
		const slot = count % shingleLexemes;
		const oldest = hashes[slot] ?? 0;
		const hash = lexemeHash(lexeme);
		first = (Math.imul(first, firstFactor) + hash - Math.imul(oldest, firstOldest)) | 0;
		second = (Math.imul(second, secondFactor) + hash - Math.imul(oldest, secondOldest)) | 0;
		hashes[slot] = hash;
		starts[slot] = match.index;
		count++;
		if (count >= shingleLexemes) {
			const start = starts[count % shingleLexemes] ?? 0;
			visit(mixed(first), mixed(second ^ secondSalt), start, match.index + lexeme.length);
		}
	}
}

/** How many different lexemes a text has: rows of a table of numbers, and rulers, have few. */
export function distinctLexemes(text: string): number {
	return new Set(Array.from(text.matchAll(lexemes()), ([lexeme]) => lexeme)).size;
}

function lexemes(): RegExp {
	return /[\p{ID_Continue}$]+|\S/gu;
}

const secondSalt = 0x5bd1e995;

/** FNV-1a over UTF-16 units. */
function lexemeHash(lexeme: string): number {
	let hash = 0x811c9dc5;
	for (let at = 0; at < lexeme.length; at++) {
		hash = Math.imul(hash ^ lexeme.charCodeAt(at), 0x01000193);
	}
	return hash;
}

/** MurmurHash3's finalizer: each bit of the sum decides about each of the result. Not negative. */
function mixed(sum: number): number {
	let bits = sum;
	bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
	bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
	return (bits ^ (bits >>> 16)) >>> 0;
}

function power(base: number, exponent: number): number {
	let result = 1;
	for (let i = 0; i < exponent; i++) {
		result = Math.imul(result, base);
	}
	return result;
}
