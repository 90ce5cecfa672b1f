import type { Search } from "../../src/extension/nextEdit/searchClient.ts";
import type { TextChange } from "../../src/nextEdit/editHistory.ts";

/** A text that changes, as the worker for next edits is told of it. Without CR. */
export class FollowedText {
	readonly #id: string;
	readonly #languageId: string;
	#text: string;

	constructor(id: string, languageId: string, text: string) {
		this.#id = id;
		this.#languageId = languageId;
		this.#text = text;
	}

	get text(): string {
		return this.#text;
	}

	/** What a search is asked about it as it is now. */
	asked(): Search {
		const lines = this.#text.split("\n").length;
		return {
			...{ document: this.#id, languageId: this.#languageId },
			...{ lines, units: this.#text.length - (lines - 1) },
		};
	}

	/** The one change that makes it `next`; none where it is that. */
	become(next: string): TextChange[] {
		const before = this.#text;
		this.#text = next;
		if (before === next) {
			return [];
		}
		const shortest = Math.min(before.length, next.length);
		let start = 0;
		while (start < shortest && before[start] === next[start]) {
			start++;
		}
		let end = 0;
		while (end < shortest - start && before.at(-1 - end) === next.at(-1 - end)) {
			end++;
		}
		const [from, to] = [positionAt(before, start), positionAt(before, before.length - end)];
		return [
			{
				...{ startLine: from.line, startColumn: from.column },
				...{ endLine: to.line, endColumn: to.column },
				text: next.slice(start, next.length - end),
			},
		];
	}
}

function positionAt(
	text: string,
	offset: number,
): { readonly line: number; readonly column: number } {
	const before = text.slice(0, offset).split("\n");
	return { line: before.length - 1, column: before.at(-1)?.length ?? 0 };
}
