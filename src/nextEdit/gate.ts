import { featureNames, type FeatureName, type Features } from "./features.ts";

/** A logistic model: the weight of each feature. */
export type GateWeights = Readonly<Record<FeatureName, number>>;

/** The probability, in (0, 1), that a candidate is what comes next. */
export function probabilityOf(features: Features, weights: GateWeights): number {
	let sum = 0;
	for (const name of featureNames) {
		sum += (features[name] ?? 0) * weights[name];
	}
	return 1 / (1 + Math.exp(-sum));
}
