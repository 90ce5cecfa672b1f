import type { FeatureName } from "./nameFeatures.ts";

/**
 * Weights of a logistic regression: its sum is the logarithm of the odds that the code at the cursor uses a name
 * that doesn't stand above. Fitted on 855 holes in four repositories (TypeScript, Python, Go, Rust), cut out of
 * released versions, against every other name that the sources found there; the recall that is reported is that of
 * other repositories.
 */
export const nameWeights: {
	/** Where the cursor isn't behind a dot. */
	readonly elsewhere: Readonly<Record<FeatureName, number>>;
	readonly afterReceiver: Readonly<Record<FeatureName, number>>;
} = {
	elsewhere: {
		bias: -7.96,
		receiverMember: 0,
		receiverModule: 0,
		followsReceiver: 0,
		memberKind: -0.61,
		typeKind: 0,
		functionKind: -0.23,
		undefinedHere: -1.94,
		belowNear: -0.59,
		below: 2.31,
		belowOften: 2.07,
		aboveNear: -2.39,
		above: -5.01,
		similarText: 5.64,
		similarTextBelow: -4.43,
		similarLine: 0.36,
		nextLine: 2.91,
		lineWords: -0.08,
		nearbyWords: 3.08,
		closeness: 0.7,
		nearbyMember: 1.45,
		frequency: 0.59,
		definers: -2.02,
		length: -0.67,
		constantCase: -0.28,
		similarAndClose: 0.22,
		similarAndMember: -1.88,
		typePlace: -0.1,
	},
	afterReceiver: {
		bias: -7.67,
		receiverMember: 0.9,
		receiverModule: 1.71,
		followsReceiver: 2.98,
		memberKind: -0.17,
		typeKind: -0.48,
		functionKind: -0.4,
		undefinedHere: -3.46,
		belowNear: -0.33,
		below: 1.79,
		belowOften: 2.06,
		aboveNear: -3.51,
		above: -4.28,
		similarText: 4.56,
		similarTextBelow: -5.93,
		similarLine: 1.92,
		nextLine: 3.58,
		lineWords: -0.03,
		nearbyWords: 3,
		closeness: -0.11,
		nearbyMember: 1.92,
		frequency: -0.22,
		definers: -2.55,
		length: -1.59,
		constantCase: -0.63,
		similarAndClose: -1.21,
		similarAndMember: -2.72,
		typePlace: 0.75,
	},
};
