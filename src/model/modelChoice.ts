import { isAbsolute } from "node:path";
import type { UserError } from "../base/userError.ts";
import { isBundledModel, type BundledModel } from "./bundledModel.ts";

/** Which model a user wants. */
export type ModelSetting =
	/** The larger bundled model where the machine is up to it, the smaller one elsewhere. */
	| { readonly kind: "auto" }
	| { readonly kind: "bundled"; readonly model: BundledModel }
	/** A folder as `mote import` writes it. Absolute. */
	| { readonly kind: "folder"; readonly folder: string };

/** Undefined for a text that names no model. An empty one is that of a box somebody has cleared. */
export function parseModelSetting(text: string): ModelSetting | undefined {
	const name = text.trim();
	if (name === "" || name === "auto") {
		return { kind: "auto" };
	}
	if (isBundledModel(name)) {
		return { kind: "bundled", model: name };
	}
	return isAbsolute(name) ? { kind: "folder", folder: name } : undefined;
}

/** Why a model runs that wasn't the first choice. */
export interface ChoiceReason {
	/** What the machine is like, or a fault that the user can mend. */
	readonly kind: "shortOfMemory" | "tooSlow" | "fault";
	/** For people; whole sentences. */
	readonly sentence: string;
}

/** A model that is to be opened. */
export interface ModelChoice {
	readonly source: Exclude<ModelSetting, { readonly kind: "auto" }>;
	/** It is refused where the first token after a typed character takes longer than this. Undefined: it runs anyway. */
	readonly maxFirstTokenMs: number | undefined;
	/** Undefined: it is what the setting asks for first. */
	readonly because: ChoiceReason | undefined;
}

/**
 * Where less memory than this is in the machine the small model runs: a machine of 4 GB, or a container with as
 * much. Each window's engine takes about 225 MB with mote-base and Mote's addon, 430 without the addon, beside an editor
 * and language servers that fill 4 GB by themselves.
 */
const leastMemoryBytes = 5 * 2 ** 30;

/**
 * Half of the 35 ms within which 95 of 100 first tokens have to be there. What is compared is an undisturbed pass;
 * while one types, the 95th percentile was measured at 1.32 times the median on a quiet machine
 * (`bench/results/2026-11-27-engines-avx2.md`), and the rest is for what else an editor does meanwhile.
 */
const maxFirstTokenMs = 17.5;

const overrule = "set “mote.completion.model” to “base” to use it all the same";

/** The model to open first on a machine with so much memory. */
export function chooseModel(setting: ModelSetting, memoryBytes: number): ModelChoice {
	if (setting.kind !== "auto") {
		return { source: setting, maxFirstTokenMs: undefined, because: undefined };
	}
	if (memoryBytes < leastMemoryBytes) {
		const sentence = `mote-nano runs, because this machine has ${inGb(memoryBytes)} GB of memory and mote-base wants ${inGb(leastMemoryBytes)}; ${overrule}.`;
		return {
			source: bundled("nano"),
			maxFirstTokenMs: undefined,
			because: { kind: "shortOfMemory", sentence },
		};
	}
	return { source: bundled("base"), maxFirstTokenMs, because: undefined };
}

/**
 * The bundled model that takes over where `failed` can't run for the reason that `error` gives; undefined where there
 * is none: both have failed, or the user has chosen a folder and has to hear that it doesn't work.
 */
export function standInFor(failed: ModelChoice, error: UserError): ModelChoice | undefined {
	const { source, because } = failed;
	if (source.kind === "folder" || because?.kind === "fault") {
		return undefined;
	}
	const other = source.model === "base" ? "nano" : "base";
	return {
		source: bundled(other),
		maxFirstTokenMs: undefined,
		because:
			error.code === "modelTooSlow"
				? { kind: "tooSlow", sentence: `${error.message} So mote-nano runs; ${overrule}.` }
				: {
						kind: "fault",
						sentence: `mote-${other} has taken over, because mote-${source.model} can't be used: ${error.message}`,
					},
	};
}

function bundled(model: BundledModel): ModelChoice["source"] {
	return { kind: "bundled", model };
}

function inGb(bytes: number): string {
	return (bytes / 2 ** 30).toFixed(1).replace(/[.]0$/, "");
}
