/**
 * A uniform number in [0, 1) that depends on nothing but `seed` and `index`. A stream keyed by position
 * instead of drawn in order is what makes sampled speculative decoding exact: however many tokens one
 * forward pass verifies, token `index` is always drawn with the same number.
 */
export function uniformAt(seed: number, index: number): number {
	// 27 + 26 bits make one double's mantissa.
	const high = mix(seed, index, 0x9e37_79b9) >>> 5;
	const low = mix(seed, index, 0x85eb_ca6b) >>> 6;
	return (high * 2 ** 26 + low) / 2 ** 53;
}

/** Three rounds of MurmurHash3's 32-bit finalizer, which lets every input bit reach every output bit. */
function mix(seed: number, index: number, stream: number): number {
	let hash = finalize(stream ^ (seed | 0));
	// Seeds beyond 32 bits count too.
	hash = finalize(hash ^ Math.trunc(seed / 2 ** 32));
	return finalize(hash ^ index);
}

function finalize(value: number): number {
	let hash = Math.imul(value ^ (value >>> 16), 0x85eb_ca6b);
	hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
	return hash ^ (hash >>> 16);
}
