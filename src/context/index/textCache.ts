/** Lines of files that were asked for lately. */
export class TextCache {
	/** Least recently used first. */
	readonly #lines = new Map<string, readonly string[]>();
	#units = 0;

	get(path: string): readonly string[] | undefined {
		const lines = this.#lines.get(path);
		if (lines !== undefined) {
			this.#lines.delete(path);
			this.#lines.set(path, lines);
		}
		return lines;
	}

	set(path: string, text: string): readonly string[] {
		this.delete(path);
		const lines = text.split(/\r?\n/);
		this.#lines.set(path, lines);
		this.#units += unitsOf(lines);
		for (const [oldest] of this.#lines) {
			if (this.#units <= maxUnits || oldest === path) {
				break;
			}
			this.delete(oldest);
		}
		return lines;
	}

	delete(path: string): void {
		const lines = this.#lines.get(path);
		if (lines !== undefined) {
			this.#lines.delete(path);
			this.#units -= unitsOf(lines);
		}
	}
}

/** UTF-16 units, with a guess of what a string costs beside its content. */
function unitsOf(lines: readonly string[]): number {
	return lines.reduce((sum, line) => sum + line.length + 16, 0);
}

/** A few hundred files: what the queries of a minute touch. */
const maxUnits = 8_000_000;
