import { rotaryFrequencies, type RotaryScaling } from "../rotaryTables.ts";
import type { GgufFiles } from "./ggufFiles.ts";

/** By each of these llama.cpp divides the frequency of a pair of elements: headDim ÷ 2 of them. */
const tensorName = "rope_freqs.weight";
const maxFactors = 2048;

/** Of Llama 3.1 and 3.2, by their config.json; only the factor differs between them. Files don't say them again. */
const published = { lowFrequencyFactor: 1, highFrequencyFactor: 4, originalPositions: 8192 };

/** Factors are kept in float32. */
const tolerance = 1e-4;

/**
 * The factors of a file; undefined where it has none, and none at all where they are of a kind that llama.cpp doesn't write.
 *
 * @throws ImportError where the file has become shorter
 */
export async function readFrequencyFactors(files: GgufFiles): Promise<Float32Array | undefined> {
	const tensor = files.tensor(tensorName);
	if (tensor === undefined) {
		return undefined;
	}
	const [count = 0] = tensor.shape;
	if (tensor.type.name !== "F32" || tensor.shape.length !== 1 || count > maxFactors) {
		return new Float32Array(0);
	}
	const bytes = await files.readBytes(tensorName, 0, tensor.bytes);
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	return Float32Array.from({ length: count }, (_, i) => view.getFloat32(4 * i, true));
}

/** The `rope_scaling` of a `config.json` from which such factors follow; undefined where none of the published ones does. */
export function scalingOfFactors(
	factors: Float32Array,
	theta: number,
): Readonly<Record<string, unknown>> | undefined {
	// The slowest pair is slowed down by all of it.
	const factor = factors.at(-1);
	if (factor === undefined || !(factor >= 1 && factor < 1e6)) {
		return undefined;
	}
	const frequencies = (scaling: RotaryScaling): Float64Array =>
		rotaryFrequencies({ dim: 2 * factors.length, theta, scaling });
	const plain = frequencies({ kind: "none" });
	const scaled = frequencies({ kind: "llama3", factor, ...published });
	const isPublished = factors.every((value, i) => {
		const expected = (plain[i] ?? NaN) / (scaled[i] ?? NaN);
		return Math.abs(value / expected - 1) < tolerance;
	});
	return isPublished
		? {
				rope_type: "llama3",
				factor,
				low_freq_factor: published.lowFrequencyFactor,
				high_freq_factor: published.highFrequencyFactor,
				original_max_position_embeddings: published.originalPositions,
			}
		: undefined;
}
