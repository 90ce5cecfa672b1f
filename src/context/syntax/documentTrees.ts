import { Edit, Parser, type Language, type Point, type Tree } from "web-tree-sitter";
import type { Clock } from "../../base/clock.ts";
import { maxParsedLength } from "./syntaxService.ts";

/**
 * The parser reports every hundred operations. A parse with more reports is given up: the answer would come too late
 * for any keystroke. On an idle machine it is half a second (9 to 11 reports a millisecond in TypeScript, Python and
 * C++); counting them doesn't depend on what else the machine does.
 */
const maxParseReports = 5000;

/** After a parse was given up, texts at least as long are not tried again for this time. */
const retryAfterMs = 30_000;

/** Documents between which one switches back and forth while typing. */
const keptTrees = 4;

/** Texts that share more than this part of themselves are versions of one document. */
const sharedByKeystrokes = 0.9;

interface KeptTree {
	readonly language: Language;
	readonly text: string;
	readonly tree: Tree;
}

/**
 * Syntax trees of the last few texts, each parsed incrementally from the most similar one: consecutive
 * keystrokes differ by a few characters, so the caller passes whole texts and need not report edits.
 *
 * Trees live in WebAssembly memory that is never collected. Every tree is owned by this object and deleted
 * here; callers must not keep one beyond the callback that they got it in.
 */
export class DocumentTrees {
	readonly #clock: Clock;
	readonly #didProgress: () => void;
	readonly #parser = new Parser();
	/** Least recently used first. */
	readonly #kept: KeptTree[] = [];
	#givenUp: { readonly length: number; readonly until: number } | undefined;

	/** `didProgress` is called again and again while a text is parsed. */
	constructor(clock: Clock, didProgress: () => void = () => undefined) {
		this.#clock = clock;
		this.#didProgress = didProgress;
	}

	/** Calls `use` with the tree of `text`; undefined when it is too long or takes too much work to parse. */
	withTree<T>(language: Language, text: string, use: (tree: Tree) => T): T | undefined {
		const kept = this.#keep(language, text);
		return kept === undefined ? undefined : use(kept.tree);
	}

	/** The same for `text` with `inserted` at `offset`: a tree that is deleted after the call. */
	withInsertion<T>(
		language: Language,
		text: string,
		offset: number,
		inserted: string,
		use: (base: Tree, edited: Tree) => T,
	): T | undefined {
		const kept = this.#keep(language, text);
		if (kept === undefined) {
			return undefined;
		}
		const editedText = text.slice(0, offset) + inserted + text.slice(offset);
		const tree = this.#parse(language, editedText, kept);
		if (tree === undefined) {
			return undefined;
		}
		try {
			return use(kept.tree, tree);
		} finally {
			tree.delete();
		}
	}

	dispose(): void {
		for (const { tree } of this.#kept.splice(0)) {
			tree.delete();
		}
		this.#parser.delete();
	}

	#keep(language: Language, text: string): KeptTree | undefined {
		const known = this.#kept.findIndex((kept) => kept.language === language && kept.text === text);
		const [hit] = known < 0 ? [] : this.#kept.splice(known, 1);
		if (hit !== undefined) {
			this.#kept.push(hit);
			return hit;
		}
		const tree = this.#parse(language, text, this.#mostSimilar(language, text));
		if (tree === undefined) {
			return undefined;
		}
		const kept = { language, text, tree };
		this.#kept.push(kept);
		if (this.#kept.length > keptTrees) {
			this.#kept.shift()?.tree.delete();
		}
		return kept;
	}

	/** Undefined when less than half of the text is shared: then parsing anew is as good. */
	#mostSimilar(language: Language, text: string): KeptTree | undefined {
		let best: KeptTree | undefined;
		let bestShared = text.length / 2;
		for (const kept of this.#kept.toReversed()) {
			if (kept.language === language) {
				const { start, oldEnd } = changeBetween(kept.text, text);
				const shared = start + kept.text.length - oldEnd;
				if (shared > bestShared) {
					best = kept;
					bestShared = shared;
				}
				// Nearly always the first: the text before the last key. Comparing costs about 10 ns a unit.
				if (shared > text.length * sharedByKeystrokes) {
					break;
				}
			}
		}
		return best;
	}

	#parse(language: Language, text: string, from: KeptTree | undefined): Tree | undefined {
		if (
			text.length > maxParsedLength ||
			(this.#givenUp !== undefined &&
				text.length >= this.#givenUp.length &&
				this.#clock.now() < this.#givenUp.until)
		) {
			return undefined;
		}
		let reports = 0;
		this.#parser.setLanguage(language);
		const oldTree = from === undefined ? undefined : editedCopy(from, text);
		try {
			const tree = this.#parser.parse(text, oldTree, {
				progressCallback: () => {
					this.#didProgress();
					return ++reports > maxParseReports;
				},
			});
			if (tree === null) {
				// Without this the parser would go on with the old text when it is called next.
				this.#parser.reset();
				this.#givenUp = { length: text.length, until: this.#clock.now() + retryAfterMs };
				return undefined;
			}
			return tree;
		} finally {
			oldTree?.delete();
		}
	}
}

/** A copy of the tree, told what changes, so that the parser reuses everything else. */
function editedCopy(from: KeptTree, text: string): Tree {
	const { start, oldEnd, newEnd } = changeBetween(from.text, text);
	const copy = from.tree.copy();
	const startPosition = pointAt(text, start);
	copy.edit(
		new Edit({
			startIndex: start,
			oldEndIndex: oldEnd,
			newEndIndex: newEnd,
			startPosition,
			oldEndPosition: pointAfter(startPosition, from.text, start, oldEnd),
			newEndPosition: pointAfter(startPosition, text, start, newEnd),
		}),
	);
	return copy;
}

/** The one range outside which both texts agree: [start, oldEnd) became [start, newEnd). */
export function changeBetween(
	oldText: string,
	newText: string,
): { readonly start: number; readonly oldEnd: number; readonly newEnd: number } {
	const shorter = Math.min(oldText.length, newText.length);
	let start = 0;
	while (start < shorter && oldText.charCodeAt(start) === newText.charCodeAt(start)) {
		start++;
	}
	let fromEnd = 0;
	while (
		fromEnd < shorter - start &&
		oldText.charCodeAt(oldText.length - 1 - fromEnd) ===
			newText.charCodeAt(newText.length - 1 - fromEnd)
	) {
		fromEnd++;
	}
	return { start, oldEnd: oldText.length - fromEnd, newEnd: newText.length - fromEnd };
}

function pointAt(text: string, offset: number): Point {
	return pointAfter({ row: 0, column: 0 }, text, 0, offset);
}

function pointAfter(point: Point, text: string, from: number, to: number): Point {
	let { row } = point;
	let lineStart = from - point.column;
	for (
		let newline = text.indexOf("\n", from);
		newline >= 0 && newline < to;
		newline = text.indexOf("\n", newline + 1)
	) {
		row++;
		lineStart = newline + 1;
	}
	return { row, column: to - lineStart };
}
