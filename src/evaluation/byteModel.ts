import { CountTable } from "./countTable.ts";

/** Bytes of context. */
const maxOrder = 3;

/** What one order knows: byte strings of length order + 1, and their contexts. Keys are the bytes, big-endian. */
interface OrderCounts {
	readonly grams: CountTable;
	/** How often a context was seen, and how many different bytes followed it. */
	seen: CountTable;
	kinds: CountTable;
	isStale: boolean;
}

/**
 * An order-3 byte model, the baseline that a neural model has to beat: interpolated Witten–Bell, that is
 *
 *     P(byte | context) = (count(context byte) + kinds(context) · P(byte | shorter context)) /
 *                         (count(context) + kinds(context)),
 *
 * where kinds(context) is the number of different bytes seen after it, and P of no context at all is
 * interpolated with 1/256. The same definition as the training pipeline's, which scores a text from its
 * fourth byte on; here the first three bytes count too, with the context that there is.
 */
export class ByteModel {
	readonly #orders: readonly OrderCounts[] = Array.from({ length: maxOrder + 1 }, () => ({
		grams: new CountTable(),
		seen: new CountTable(),
		kinds: new CountTable(),
		isStale: false,
	}));

	learn(text: Uint8Array): void {
		for (const [order, counts] of this.#orders.entries()) {
			const mask = maskOf(order + 1);
			counts.isStale = true;
			let key = 0;
			for (let at = 0; at < text.length; at++) {
				key = ((key << 8) | (text[at] ?? 0)) & mask;
				if (at >= order) {
					counts.grams.add(key >>> 0);
				}
			}
		}
	}

	/** −log2 P of the whole text, without learning from it. */
	bits(text: Uint8Array): number {
		this.#countContexts();
		let bits = 0;
		for (let at = 0; at < text.length; at++) {
			bits -= Math.log2(this.#probability(text, at));
		}
		return bits;
	}

	#probability(text: Uint8Array, at: number): number {
		let probability = 1 / 256;
		let context = 0;
		for (let order = 0; order <= Math.min(maxOrder, at); order++) {
			// The context of this order: the byte `order` places back comes in front of the shorter one.
			context = order === 0 ? 0 : (context | ((text[at - order] ?? 0) << (8 * (order - 1)))) >>> 0;
			const counts = this.#orders[order];
			const seen = counts?.seen.get(context) ?? 0;
			if (counts === undefined || seen === 0) {
				break;
			}
			const kinds = counts.kinds.get(context);
			const gram = ((context << 8) | (text[at] ?? 0)) >>> 0;
			probability = (counts.grams.get(gram) + kinds * probability) / (seen + kinds);
		}
		return probability;
	}

	#countContexts(): void {
		for (const counts of this.#orders.filter(({ isStale }) => isStale)) {
			counts.isStale = false;
			counts.seen = new CountTable();
			counts.kinds = new CountTable();
			counts.grams.forEach((gram, count) => {
				counts.seen.add(gram >>> 8, count);
				counts.kinds.add(gram >>> 8);
			});
		}
	}
}

/** Of the last `bytes` bytes of a key. */
function maskOf(bytes: number): number {
	return bytes === 4 ? -1 : (1 << (8 * bytes)) - 1;
}
