import type { LinedText } from "./linedText.ts";

/** Files that were asked for lately. */
export class TextCache {
	/** Least recently used first. */
	readonly #texts = new Map<string, LinedText>();
	#bytes = 0;

	get(path: string): LinedText | undefined {
		const text = this.#texts.get(path);
		if (text !== undefined) {
			this.#texts.delete(path);
			this.#texts.set(path, text);
		}
		return text;
	}

	set(path: string, text: LinedText): void {
		this.delete(path);
		this.#texts.set(path, text);
		this.#bytes += text.bytes;
		for (const [oldest] of this.#texts) {
			if (this.#bytes <= maxBytes || oldest === path) {
				break;
			}
			this.delete(oldest);
		}
	}

	delete(path: string): void {
		const text = this.#texts.get(path);
		if (text !== undefined) {
			this.#texts.delete(path);
			this.#bytes -= text.bytes;
		}
	}
}

/** Several hundred files: what the queries of a minute touch. */
const maxBytes = 16_000_000;
