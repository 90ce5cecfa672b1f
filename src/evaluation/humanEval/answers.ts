import { greedySampling, type Engine } from "../../engine/engine.ts";
import type { ModelManifest } from "../../model/manifest.ts";
import { FimPromptBuilder } from "../../prompt/fim.ts";
import { plainPrompt } from "../../prompt/plainPrompt.ts";
import { promptBudget } from "../../prompt/promptBudget.ts";
import type { TokenId, Tokenizer } from "../../tokenizer/tokenizer.ts";
import { writeOut } from "../writeOut.ts";
import type { HumanEvalKind, HumanEvalProblem } from "./problems.ts";

/**
 * What may be written, in tokens, each more than the longest solution has. The prompt gets what is left of the trained
 * context.
 */
const maxNewTokens: Readonly<Record<HumanEvalKind, number>> = {
	function: 512,
	singleLine: 128,
	randomSpan: 512,
};

/** With which, in the paper on HumanEval, a function is over and other code begins. */
const endsOfFunction = ["\nclass", "\ndef", "\n#", "\nif", "\nprint"];

/** A path says no more than that it is Python. */
const path = "solution.py";

const maxDraftTokens = 8;

interface Parts {
	readonly engine: Engine;
	/** Of the same model as `manifest`. */
	readonly tokenizer: Tokenizer;
	readonly manifest: ModelManifest;
}

/** The model alone, greedily: nothing is learned, no other file known, no gate and no filter between. */
export class HumanEvalAnswers {
	readonly #parts: Parts;
	readonly #prompts: FimPromptBuilder;

	/** Throws a UserError "modelUnusable" when the model can't fill in the middle. */
	constructor(parts: Parts) {
		this.#parts = parts;
		this.#prompts = new FimPromptBuilder(parts.tokenizer, parts.manifest);
	}

	/** The text that goes between the problem's prompt and suffix. */
	async answer(problem: HumanEvalProblem): Promise<string> {
		const { kind } = problem;
		const { engine, tokenizer } = this.#parts;
		const { tokens, healBytes, budget } = this.#promptFor(problem);
		const { text } = await writeOut(
			engine,
			tokenizer,
			{
				prompt: tokens,
				maxNewTokens: budget,
				stopTokens: this.#prompts.stopTokens,
				sampling: greedySampling,
				priority: "completion",
				healBytes,
				minJointProbability: 0,
				maxDraftTokens,
			},
			(written) => answerIn(kind, written) !== undefined,
		);
		// What follows a missing line is on the next one, whether or not the model has said so.
		return answerIn(kind, text) ?? (kind === "singleLine" ? `${text}\n` : text);
	}

	#promptFor({ kind, prompt, suffix }: HumanEvalProblem): {
		readonly tokens: readonly TokenId[];
		readonly healBytes: Uint8Array;
		readonly budget: number;
	} {
		const { tokenizer, manifest } = this.#parts;
		const { maxPromptTokens: maxTokens, maxNewTokens: budget } = promptBudget(
			{ maxPromptTokens: manifest.contextLength, maxNewTokens: maxNewTokens[kind] },
			manifest,
		);
		const built =
			kind === "function"
				? plainPrompt({ path, text: prompt, maxTokens }, { tokenizer, manifest })
				: this.#prompts.build({
						path,
						text: prompt + suffix,
						prefixEnd: prompt.length,
						suffixStart: prompt.length,
						maxTokens,
					});
		return { ...built, budget };
	}
}

/**
 * What of `written` is the answer, undefined while it isn't over: a function ends where other code begins at the margin,
 * a line with its line break (blank lines before it don't count), and a span where the model ends it.
 */
export function answerIn(kind: HumanEvalKind, written: string): string | undefined {
	switch (kind) {
		case "function": {
			const ends = endsOfFunction.map((end) => written.indexOf(end)).filter((index) => index >= 0);
			return ends.length === 0 ? undefined : written.slice(0, Math.min(...ends));
		}
		case "singleLine": {
			const end = written.indexOf("\n", written.length - written.trimStart().length);
			return end < 0 ? undefined : written.slice(0, end + 1);
		}
		case "randomSpan":
			return undefined;
	}
}
