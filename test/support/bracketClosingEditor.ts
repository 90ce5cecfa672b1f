import { assert } from "../../src/base/assert.ts";
import { drawn, type EditorState, type Step } from "../workbench/typist.ts";

const closers = new Map([
	["(", ")"],
	["[", "]"],
	["{", "}"],
]);

/** Text with a cursor, and what editors do while one types: brackets are closed, and lines indented as the one before. */
export class BracketClosingEditor {
	text: string;
	/** UTF-16 offset. */
	cursor = 0;

	constructor(text: string) {
		this.text = text;
	}

	get state(): EditorState {
		const before = this.text.slice(0, this.cursor).split("\n");
		const [restOfLine = "", ...linesBelow] = this.text.slice(this.cursor).split("\n");
		return {
			linePrefix: before.at(-1) ?? "",
			restOfLine,
			line: before.length - 1,
			linesBelow: linesBelow.map((line) => drawn(line).trimEnd()),
			ghost: undefined,
		};
	}

	perform(step: Step): void {
		switch (step.kind) {
			case "type":
				if (step.text.startsWith("\n")) {
					this.#enter();
				} else {
					this.#type(step.text);
				}
				break;
			case "move":
				for (let lines = step.text.split("\n").length; lines > 1; lines--) {
					this.cursor = this.#endOfLine() + 1;
				}
				this.cursor = this.#endOfLine();
				break;
			case "indent":
				this.#insert(step.text);
				break;
			case "outdent": {
				const level = /(?:\t| {1,4})$/.exec(this.state.linePrefix)?.[0].length ?? 0;
				assert(level > 0, "there is indentation to take away");
				this.text = this.text.slice(0, this.cursor - level) + this.text.slice(this.cursor);
				this.cursor -= level;
				break;
			}
			case "deleteRight":
				this.text = this.text.slice(0, this.cursor) + this.text.slice(this.cursor + 1);
				break;
			case "done":
				break;
		}
	}

	#endOfLine(): number {
		const end = this.text.indexOf("\n", this.cursor);
		return end < 0 ? this.text.length : end;
	}

	#insert(text: string, behind = ""): void {
		const { cursor } = this;
		this.text = this.text.slice(0, cursor) + text + behind + this.text.slice(cursor);
		this.cursor += text.length;
	}

	#type(character: string): void {
		const next = this.text[this.cursor];
		if (next === character && [...closers.values()].includes(character)) {
			this.cursor++;
			return;
		}
		const isOpen = next === undefined || /[\s)\]}]/.test(next);
		this.#insert(character, isOpen ? closers.get(character) : "");
	}

	#enter(): void {
		const { linePrefix, restOfLine } = this.state;
		if (linePrefix.trim() === "") {
			// Editors take away the white space that they put into a line which stays empty.
			this.text =
				this.text.slice(0, this.cursor - linePrefix.length) + this.text.slice(this.cursor);
			this.cursor -= linePrefix.length;
		}
		const indent = /^[ \t]*/.exec(linePrefix)?.[0] ?? "";
		const open = linePrefix.at(-1) ?? "";
		if (closers.has(open) && closers.get(open) === restOfLine[0]) {
			const unit = /^\t/m.test(this.text) ? "\t" : /^ {4}/m.test(this.text) ? "    " : "  ";
			this.#insert(`\n${indent}${unit}`, `\n${indent}`);
		} else {
			this.#insert(`\n${indent}`);
		}
	}
}
