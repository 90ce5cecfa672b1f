import { assert } from "../../src/base/assert.ts";
import {
	uncountedUsage,
	type AnswerEnd,
	type AnswerResult,
	type InfillModel,
	type InfillRequest,
	type InfillText,
} from "../../src/languageModel/languageModel.ts";

export type InfillScript =
	| { readonly kind: "answer"; readonly deltas: readonly string[]; readonly end?: AnswerEnd }
	/** Writes `deltas` and then nothing more until it is cancelled. */
	| { readonly kind: "hold"; readonly deltas: readonly string[] }
	| { readonly kind: "fail"; readonly error: Error };

/** An InfillModel that follows a script, one entry for each request, and records what it was asked. */
export class ScriptedInfill implements InfillModel {
	readonly description = {
		id: "remote/scripted",
		name: "scripted",
		place: "remote",
		server: "http://localhost",
		contextTokens: 8192,
	} as const;
	readonly requests: InfillRequest[] = [];
	readonly signals: AbortSignal[] = [];
	readonly #scripts: InfillScript[] = [];

	enqueue(...scripts: InfillScript[]): void {
		this.#scripts.push(...scripts);
	}

	async *infill(
		request: InfillRequest,
		signal: AbortSignal,
	): AsyncGenerator<InfillText, AnswerResult, void> {
		this.requests.push(request);
		this.signals.push(signal);
		const script = this.#scripts.shift();
		assert(script !== undefined, "the model was asked more often than the script says");
		await Promise.resolve();
		if (script.kind === "fail") {
			throw script.error;
		}
		for (const text of script.deltas) {
			if (signal.aborted) {
				return result("cancelled");
			}
			yield { text, logProbability: undefined };
		}
		if (script.kind === "hold") {
			if (!signal.aborted) {
				await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
			}
			return result("cancelled");
		}
		return result(script.end ?? "stop");
	}
}

function result(end: AnswerEnd): AnswerResult {
	return {
		end,
		usage: uncountedUsage,
	};
}
