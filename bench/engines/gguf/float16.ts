const view = new DataView(new ArrayBuffer(4));

/** The bits of the IEEE half nearest to `value`, ties to even. Magnitudes from 65,520 on become infinite. */
export function float16Bits(value: number): number {
	view.setFloat32(0, value);
	const bits = view.getUint32(0);
	const sign = (bits >>> 16) & 0x8000;
	const magnitude = bits & 0x7fff_ffff;
	if (magnitude > 0x7f80_0000) {
		return sign | 0x7e00;
	}
	if (magnitude >= 0x477f_f000) {
		return sign | 0x7c00;
	}
	if (magnitude < 0x3880_0000) {
		// Below 2^-14 the halves are multiples of 2^-24, and their bits are that multiple.
		return sign | roundHalfToEven(Math.abs(value) * 2 ** 24);
	}
	// The exponent's bias falls from 127 to 15; a carry out of the mantissa moves the exponent up by itself.
	const rebased = magnitude - (112 << 23);
	const dropped = rebased & 0x1fff;
	const kept = rebased >>> 13;
	const roundsUp = dropped > 0x1000 || (dropped === 0x1000 && (kept & 1) === 1);
	return sign | (kept + (roundsUp ? 1 : 0));
}

function roundHalfToEven(value: number): number {
	const below = Math.floor(value);
	const rest = value - below;
	return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
