import type { TextReplacement } from "../../src/extension/nextEdit/textReplacement.ts";

/** A document as an editor keeps it: lines, and one kind of line break between them. */
export class TextModel {
	#lines: string[];
	readonly #lineBreak: "\n" | "\r\n";
	version = 1;

	constructor(text: string, lineBreak: "\n" | "\r\n" = "\n") {
		this.#lines = text.split(/\r\n|\r|\n/);
		this.#lineBreak = lineBreak;
	}

	get lines(): readonly string[] {
		return this.#lines;
	}

	/** With its own line breaks. */
	get text(): string {
		return this.#lines.join(this.#lineBreak);
	}

	/** Makes a replacement, and gives the one that takes it back. */
	apply({ startLine, startColumn, endLine, endColumn, text }: TextReplacement): TextReplacement {
		const removed = this.#lines.slice(startLine, endLine + 1);
		const [first = "", last = ""] = [removed[0], removed.at(-1)];
		if (
			startLine < 0 ||
			endLine >= this.#lines.length ||
			startColumn > first.length ||
			endColumn > last.length
		) {
			throw new Error("the replacement is outside of the document");
		}
		const added = (first.slice(0, startColumn) + text + last.slice(endColumn)).split("\n");
		removed[removed.length - 1] = last.slice(0, endColumn);
		removed[0] = (removed[0] ?? "").slice(startColumn);
		this.#lines = this.#lines.toSpliced(startLine, endLine + 1 - startLine, ...added);
		this.version++;
		const written = text.split("\n");
		return {
			...{ startLine, startColumn, endLine: startLine + written.length - 1 },
			endColumn: (written.at(-1)?.length ?? 0) + (written.length === 1 ? startColumn : 0),
			text: removed.join("\n"),
		};
	}
}
