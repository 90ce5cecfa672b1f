import type { NgramCounts, Successors } from "../../src/adaptation/ngramCounts.ts";
import type { TokenId } from "../../src/tokenizer/tokenizer.ts";

/** Counts in plain maps: slow, and easy to see to be right. */
export class NaiveNgramCounts implements NgramCounts {
	readonly #maxOrder: number;
	readonly #byContext = new Map<string, Map<TokenId, number>>();

	constructor(texts: readonly (readonly TokenId[])[] = [], maxOrder = 8) {
		this.#maxOrder = maxOrder;
		for (const text of texts) {
			for (let end = 1; end < text.length; end++) {
				this.addLast(text.slice(0, end + 1));
			}
		}
	}

	/** Counts the last token of `text` as what follows the tokens before it. */
	addLast(text: readonly TokenId[]): void {
		const token = text.at(-1);
		const before = text.slice(0, -1);
		for (let order = 1; token !== undefined && order <= this.#maxOrder; order++) {
			if (order > before.length) {
				break;
			}
			const key = before.slice(-order).join(" ");
			const counts = this.#byContext.get(key) ?? new Map<TokenId, number>();
			counts.set(token, (counts.get(token) ?? 0) + 1);
			this.#byContext.set(key, counts);
		}
	}

	successors(context: readonly TokenId[]): readonly Successors[] {
		const found: Successors[] = [];
		for (let order = 1; order <= Math.min(this.#maxOrder, context.length); order++) {
			const counts = this.#byContext.get(context.slice(-order).join(" "));
			if (counts === undefined) {
				break;
			}
			const pairs = [...counts].sort(([a], [b]) => a - b);
			found.push({
				order,
				ids: pairs.map(([id]) => id),
				counts: pairs.map(([, count]) => count),
				total: pairs.reduce((sum, [, count]) => sum + count, 0),
			});
		}
		return found;
	}
}
