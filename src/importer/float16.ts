/** The values of all halves by their bits: 1 sign bit, 5 exponent bits with bias 15, 10 fraction bits. */
export const float16Values: Float32Array = Float32Array.from({ length: 0x1_0000 }, (_, bits) => {
	const sign = bits & 0x8000 ? -1 : 1;
	const exponent = (bits >> 10) & 0x1f;
	const fraction = bits & 0x3ff;
	if (exponent === 0) {
		return sign * fraction * 2 ** -24;
	}
	if (exponent === 0x1f) {
		return fraction === 0 ? sign * Infinity : NaN;
	}
	return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
});
