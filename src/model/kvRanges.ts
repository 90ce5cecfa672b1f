/**
 * The largest magnitudes that one layer of a model puts into its KV cache, from which the scales of an int8
 * cache follow. Head after head, headDim values each: kvHeads · headDim in all.
 */
export interface KvRanges {
	/**
	 * Keys are rotated by their position: elements i and i + headDim ÷ 2 turn about a common centre. Both
	 * get the largest radius of the pair, which no rotation changes, so that a range that was measured at
	 * the first thousand positions holds at the last of a hundred thousand.
	 */
	readonly key: Float32Array;
	readonly value: Float32Array;
}
