import { AnswerDecoder } from "../completion/answerDecoder.ts";
import type { CompletionConfig } from "../completion/completionProvider.ts";
import { greedySampling, type Engine, type GenerateStats } from "../engine/engine.ts";
import type { ModelManifest } from "../model/manifest.ts";
import { FimPromptBuilder } from "../prompt/fim.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import type { FimCase } from "./fimCases.ts";

/** More than the pipeline drafts, to see what longer drafts would bring. */
const maxDraftTokens = 8;

/** The answer begins with what was cut off the prompt, which counts as new tokens too. */
const maxHealedTokens = 4;

/** The prompt gets at least half of what the model was trained for. */
const maxAnswerShare = 0.5;

export interface Answer {
	readonly text: string;
	readonly stats: GenerateStats;
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

	/** `withSuffix` false hides what comes after the missing text, as if the file ended at the cursor. */
	async answer(asked: FimCase, withSuffix: boolean): Promise<Answer> {
		const { engine, tokenizer, manifest, config } = this.#parts;
		const context = manifest.trainedContextLength;
		const maxNewTokens = Math.min(config.maxNewTokens, Math.floor(context * maxAnswerShare));
		const before = asked.text.slice(0, asked.start);
		const { tokens, healBytes } = this.#prompts.build({
			path: asked.path,
			text: withSuffix ? before + asked.text.slice(asked.end) : before,
			prefixEnd: asked.start,
			suffixStart: asked.start,
			maxTokens: Math.min(config.maxPromptTokens, context - maxNewTokens - maxHealedTokens),
		});
		const decoder = new AnswerDecoder(tokenizer, healBytes);
		const ended = new AbortController();
		const generation = engine.generate(
			{
				prompt: tokens,
				maxNewTokens: maxNewTokens + (healBytes.length > 0 ? maxHealedTokens : 0),
				stopTokens: this.#prompts.stopTokens,
				sampling: greedySampling,
				priority: "completion",
				healBytes,
				minJointProbability: 0,
				maxDraftTokens,
			},
			ended.signal,
		);
		let text = "";
		// Not a for-await loop, because that throws away what the engine says in the end.
		let step = await generation.next();
		while (step.done !== true) {
			for (const { id } of step.value) {
				text += decoder.push(id);
			}
			if (asked.kind !== "multiLine" && text.includes("\n")) {
				ended.abort();
			}
			step = await generation.next();
		}
		return {
			text: asked.kind === "multiLine" ? text : (text.split("\n", 1)[0] ?? ""),
			stats: step.value.stats,
		};
	}
}
