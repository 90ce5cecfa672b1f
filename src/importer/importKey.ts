import { createHash } from "node:crypto";
import type { DecoderPlan } from "./decoderPlan.ts";

/** What the weights file of an import depends on. */
export interface ImportedWeights {
	readonly plan: DecoderPlan;
	readonly quantization: "int4" | "fp32";
	/** Of the checkpoint's tensors. */
	readonly identity: string;
	readonly layoutVersion: number;
}

/**
 * In which order, and how rounded, the weights of a plan are stored. To be raised with every change of that: what an earlier
 * version has begun isn't gone on with then.
 */
export const weightsLayoutVersion = 1;

/** Imports with the same one write the same weights, byte by byte. */
export function importKey({
	plan,
	quantization,
	identity,
	layoutVersion,
}: ImportedWeights): string {
	const parts = JSON.stringify([layoutVersion, plan, quantization, identity]);
	return createHash("sha256").update(parts).digest("hex");
}
