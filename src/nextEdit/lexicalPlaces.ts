import { lexicalRulesOf } from "../completion/lexical/lexicalRules.ts";
import { LexicalScanner } from "../completion/lexical/lexicalScanner.ts";
import type { LineEdit } from "./lineEdit.ts";
import { indentOf } from "./lineTokens.ts";

export type LexicalPlace = "code" | "string" | "comment";

/** Where the first change of an edit was made. */
export function placeOfEdit({ line, old, next }: LineEdit, places: LexicalPlaces): LexicalPlace {
	const [a = "", b = ""] = [old[0], next[0]];
	let at = 0;
	while (at < b.length && a[at] === b[at]) {
		at++;
	}
	return places.at(line, Math.max(indentOf(b).length, at < b.length ? at : b.length - 1));
}

/** Which parts of a document are strings and comments. Read once, and only when somebody asks. */
export class LexicalPlaces {
	readonly #lines: readonly string[];
	readonly #languageId: string;
	/** By line and column, where another kind begins. */
	#starts: { readonly offset: number; readonly place: LexicalPlace }[] | undefined;
	#lineStarts: number[] = [];

	constructor(lines: readonly string[], languageId: string) {
		this.#lines = lines;
		this.#languageId = languageId;
	}

	/** What stands at a column of a line, in UTF-16 units; a quote counts as string. */
	at(line: number, column: number): LexicalPlace {
		const starts = (this.#starts ??= this.#read());
		const offset = (this.#lineStarts[line] ?? 0) + column;
		let [low, high] = [0, starts.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((starts[middle]?.offset ?? 0) <= offset) {
				low = middle + 1;
			} else {
				high = middle;
			}
		}
		return starts[low - 1]?.place ?? "code";
	}

	#read(): { readonly offset: number; readonly place: LexicalPlace }[] {
		const text = this.#lines.join("\n");
		let offset = 0;
		this.#lineStarts = this.#lines.map((line) => {
			const start = offset;
			offset += line.length + 1;
			return start;
		});
		const scanner = new LexicalScanner(text, lexicalRulesOf(this.#languageId));
		const starts: { readonly offset: number; readonly place: LexicalPlace }[] = [];
		const isInString = (): boolean => {
			const top = scanner.open.at(-1);
			return top?.kind === "string" || top?.kind === "prose";
		};
		while (scanner.offset < text.length) {
			const from = scanner.offset;
			const [wasInString, inkBefore] = [isInString(), scanner.inkEnd];
			scanner.step(text.length);
			const isComment =
				!wasInString && scanner.inkEnd === inkBefore && !" \t\n".includes(text.charAt(from));
			const place = wasInString || isInString() ? "string" : isComment ? "comment" : "code";
			if (
				(starts.at(-1)?.place ?? "code") !== place &&
				!(place === "code" && text.charAt(from) === "\n")
			) {
				starts.push({ offset: from, place });
			}
		}
		return starts;
	}
}
