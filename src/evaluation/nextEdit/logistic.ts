/** One example: what is known, whether it was right, and how much it counts. */
export interface Example {
	readonly x: readonly number[];
	readonly isRight: boolean;
	readonly weight: number;
}

const maxRounds = 60;

/**
 * Weights of a logistic model by Newton's method with a ridge, which leaves the first feature, the bias, alone. There is one best model:
 * where the search begins changes how long it takes, not what it finds.
 */
export function fitLogistic(
	examples: readonly Example[],
	ridge: number,
	start?: readonly number[],
): readonly number[] {
	const width = examples[0]?.x.length ?? 0;
	let weights = start ?? new Array<number>(width).fill(0);
	const sparse = examples.map(({ x, isRight, weight }) => {
		const indices = [...x.keys()].filter((i) => x[i] !== 0);
		return {
			...{ x, isRight, weight },
			indices: Int32Array.from(indices),
			values: Float64Array.from(indices, (i) => x[i] ?? 0),
		};
	});
	for (let round = 0; round < maxRounds; round++) {
		const gradient = new Float64Array(width);
		const hessian = new Float64Array(width * width);
		for (const { x, isRight, weight, indices, values } of sparse) {
			const p = 1 / (1 + Math.exp(-dot(x, weights)));
			const [slope, curve] = [weight * (+isRight - p), weight * p * (1 - p)];
			for (let a = 0; a < indices.length; a++) {
				const [i, xi] = [indices[a] ?? 0, values[a] ?? 0];
				gradient[i] = (gradient[i] ?? 0) + slope * xi;
				for (let b = 0; b <= a; b++) {
					const at = i * width + (indices[b] ?? 0);
					hessian[at] = (hessian[at] ?? 0) + curve * xi * (values[b] ?? 0);
				}
			}
		}
		for (let i = 0; i < width; i++) {
			const penalty = i === 0 ? 1e-6 : ridge;
			gradient[i] = (gradient[i] ?? 0) - penalty * (weights[i] ?? 0);
			hessian[i * width + i] = (hessian[i * width + i] ?? 0) + penalty;
		}
		const step = solve(hessian, gradient, width);
		weights = weights.map((value, i) => value + Math.max(-2, Math.min(2, step[i] ?? 0)));
		if (step.every((value) => Math.abs(value) < 1e-5)) {
			return weights;
		}
	}
	throw new Error(`no best weights after ${maxRounds} rounds`);
}

export function dot(x: readonly number[], weights: readonly number[]): number {
	let sum = 0;
	for (const [i, value] of x.entries()) {
		sum += value * (weights[i] ?? 0);
	}
	return sum;
}

/** By Cholesky's decomposition; only the lower half of the matrix is read. */
function solve(matrix: Float64Array, right: Float64Array, width: number): Float64Array {
	const lower = new Float64Array(width * width);
	const at = (i: number, j: number): number => lower[i * width + j] ?? 0;
	for (let i = 0; i < width; i++) {
		for (let j = 0; j <= i; j++) {
			let sum = matrix[i * width + j] ?? 0;
			for (let k = 0; k < j; k++) {
				sum -= at(i, k) * at(j, k);
			}
			lower[i * width + j] = i === j ? Math.sqrt(Math.max(sum, 1e-9)) : sum / at(j, j);
		}
	}
	const result = Float64Array.from(right);
	for (let i = 0; i < width; i++) {
		for (let k = 0; k < i; k++) {
			result[i] = (result[i] ?? 0) - at(i, k) * (result[k] ?? 0);
		}
		result[i] = (result[i] ?? 0) / at(i, i);
	}
	for (let i = width - 1; i >= 0; i--) {
		for (let k = i + 1; k < width; k++) {
			result[i] = (result[i] ?? 0) - at(k, i) * (result[k] ?? 0);
		}
		result[i] = (result[i] ?? 0) / at(i, i);
	}
	return result;
}
