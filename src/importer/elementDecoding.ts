import { assertNever } from "../base/assert.ts";
import { float16Values } from "./float16.ts";
import type { StoredType } from "./safetensorsHeader.ts";

/** Decodes little-endian elements to float32, which holds every value of the stored types exactly. */
export function decodeElements(type: StoredType, stored: Uint8Array): Float32Array {
	// A copy, as a typed array needs an aligned start. Every platform that the runtime serves is
	// little-endian.
	const { buffer } = stored.slice();
	switch (type) {
		case "F32":
			return new Float32Array(buffer);
		case "BF16":
			return decodeBfloat16(new Uint16Array(buffer));
		case "F16":
			return decodeFloat16(new Uint16Array(buffer));
		default:
			return assertNever(type);
	}
}

/** A bfloat16 is the upper half of a float32. */
function decodeBfloat16(stored: Uint16Array): Float32Array {
	const bits = Uint32Array.from(stored, (half) => half << 16);
	return new Float32Array(bits.buffer);
}

function decodeFloat16(stored: Uint16Array): Float32Array {
	return Float32Array.from(stored, (bits) => float16Values[bits] ?? NaN);
}
