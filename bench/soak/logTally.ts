import type { Logger } from "../../src/base/log.ts";

/** Of which level a sentence was, and how often it came. */
export interface TalliedSentence {
	readonly level: "info" | "warn" | "error";
	readonly sentence: string;
	readonly count: number;
}

/** Enough to see what was said; a log that invents sentences must not fill the memory that is watched. */
const maxSentences = 500;

/** Counts what is logged, with paths and figures left out. What names a bug is kept as it is. */
export class LogTally implements Logger {
	readonly #sentences = new Map<string, TalliedSentence>();
	readonly #bugs: string[] = [];

	get sentences(): readonly TalliedSentence[] {
		return [...this.#sentences.values()].sort((a, b) => b.count - a.count);
	}

	/** What was logged of this project's own bugs. */
	get bugs(): readonly string[] {
		return this.#bugs;
	}

	readonly debug = (): void => undefined;
	readonly info = (message: string): void => this.#note("info", message);
	readonly warn = (message: string): void => this.#note("warn", message);
	readonly error = (message: string): void => this.#note("error", message);

	#note(level: TalliedSentence["level"], message: string): void {
		if (/\bbug\b/.test(message) && this.#bugs.length < maxSentences) {
			this.#bugs.push(message);
		}
		const sentence = generalized(message);
		const key = `${level} ${sentence}`;
		const count = (this.#sentences.get(key)?.count ?? 0) + 1;
		if (count > 1 || this.#sentences.size < maxSentences) {
			this.#sentences.set(key, { level, sentence, count });
		}
	}
}

/** The same for messages that differ only in names of files and figures. */
export function generalized(message: string): string {
	const [firstLine = ""] = message.split("\n");
	return firstLine
		.replaceAll(/\/[^\s'"“”),:;]+/g, "PATH")
		.replaceAll(/\d+(?:[.,]\d+)*/g, "N")
		.slice(0, 300);
}
