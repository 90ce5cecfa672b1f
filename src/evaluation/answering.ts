import type { CompletionConfig } from "../completion/completionProvider.ts";
import { greedySampling, type Engine, type GenerateStats } from "../engine/engine.ts";
import type { ModelManifest } from "../model/manifest.ts";
import { FimPromptBuilder, type PromptPiece } from "../prompt/fim.ts";
import { promptBudget } from "../prompt/promptBudget.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import type { FimCase } from "./fimCases.ts";
import { writeOut } from "./writeOut.ts";

/** More than the pipeline drafts, to see what longer drafts would bring. */
const maxDraftTokens = 8;

export interface Answer {
	readonly text: string;
	/** Of its tokens, in (0, 1]. */
	readonly jointProbability: number;
	readonly stats: GenerateStats;
}

/** What an answer may rest on beside the text before the cursor. */
export interface Given {
	/** False hides what comes after the missing text, as if the file ended at the cursor. */
	readonly suffix: boolean;
	/** Whether decoding mixes in what the engine has learned and the file at hand. */
	readonly adaptation: boolean;
	/** Whether what was learned of other files counts, or the file at hand only. */
	readonly repository: boolean;
	/** Of other files, for the prompt. */
	readonly pieces: readonly PromptPiece[];
}

interface AnsweringParts {
	readonly engine: Engine;
	/** Of the same model as `manifest`. */
	readonly tokenizer: Tokenizer;
	readonly manifest: ModelManifest;
	/** For the budgets of prompt and answer: those that people run with. */
	readonly config: Pick<CompletionConfig, "maxPromptTokens" | "maxNewTokens">;
}

/**
 * Asks the model itself: the pipeline's prompt, token healing and engine, without its stop rules and filters
 * and without a gate. The answer is what the model writes greedily until it ends by itself or has no room
 * left; where one line is missing, until the end of the line.
 *
 * The prompt is the one that the pipeline builds for the same place, so the engine reads it once for both.
 */
export class FimAnswering {
	readonly #parts: AnsweringParts;
	readonly #prompts: FimPromptBuilder;

	/** Throws a UserError "modelUnusable" when the model can't fill in the middle. */
	constructor(parts: AnsweringParts) {
		this.#parts = parts;
		this.#prompts = new FimPromptBuilder(parts.tokenizer, parts.manifest);
	}

	async answer(asked: FimCase, given: Given): Promise<Answer> {
		const { engine, tokenizer, manifest, config } = this.#parts;
		const { maxPromptTokens, maxNewTokens } = promptBudget(config, manifest);
		const before = asked.text.slice(0, asked.start);
		const input = {
			path: asked.path,
			text: given.suffix ? before + asked.text.slice(asked.end) : before,
			prefixEnd: asked.start,
			suffixStart: asked.start,
			maxTokens: maxPromptTokens,
			pieces: given.pieces,
		};
		const { tokens, healBytes } = this.#prompts.build(input);
		const isEnough = (text: string): boolean => asked.kind !== "multiLine" && text.includes("\n");
		// Of one line only what is kept of the answer counts.
		const { text, jointProbability, stats } = await writeOut(
			engine,
			tokenizer,
			{
				prompt: tokens,
				maxNewTokens,
				stopTokens: this.#prompts.stopTokens,
				sampling: greedySampling,
				priority: "completion",
				healBytes,
				minJointProbability: 0,
				maxDraftTokens,
				...(given.adaptation
					? {
							adaptation: {
								file: asked.path,
								repository: given.repository,
								...this.#prompts.fileTokens(input),
							},
						}
					: {}),
			},
			isEnough,
		);
		return {
			text: asked.kind === "multiLine" ? text : (text.split("\n", 1)[0] ?? ""),
			stats,
			jointProbability,
		};
	}
}
