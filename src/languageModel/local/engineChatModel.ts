import { mapped } from "../../base/asyncGenerators.ts";
import type { ChatFormat, ModelManifest } from "../../model/manifest.ts";
import { ChatTemplate } from "../../prompt/chatTemplate.ts";
import type { TokenId } from "../../tokenizer/tokenizer.ts";
import type { AnswerResult, ChatModel, ChatRequest } from "../languageModel.ts";
import { engineAnswer, type EngineModelParts } from "./engineAnswer.ts";
import { asUnsuitable, localDescription, randomSeed, tokensNamed } from "./localModel.ts";
import { WrittenAnswers } from "./writtenAnswers.ts";

/** Answers quote the code that was asked about; more at a time is rarely right to its end. */
const maxDraftTokens = 4;

/** What the makers of models recommend for text that isn't greedy. */
const topK = 40;
const topP = 0.95;

/**
 * The chat model of this machine's engine. Undefined when the model can't converse. Keep one for each
 * model: it knows its answers again, so that the next turn reads only what is new.
 *
 * Throws a LanguageModelError "unsuitableModel" when what the manifest says of the chat can't be used.
 */
export function engineChatModel(parts: EngineModelParts<ModelManifest>): ChatModel | undefined {
	const { chat } = parts.manifest;
	if (chat === undefined) {
		return undefined;
	}
	try {
		return new EngineChatModel(parts, chat);
	} catch (error) {
		throw asUnsuitable(error);
	}
}

class EngineChatModel implements ChatModel {
	readonly description;
	readonly tokensPerMessage: number;
	readonly #parts: EngineModelParts<ModelManifest>;
	readonly #template: ChatTemplate;
	readonly #stopTokens: readonly TokenId[];
	readonly #stopStrings: readonly string[];
	readonly #answers: WrittenAnswers;

	constructor(parts: EngineModelParts<ModelManifest>, chat: ChatFormat) {
		const { manifest, tokenizer } = parts;
		this.description = localDescription(manifest);
		this.#parts = parts;
		this.#template = new ChatTemplate(chat, tokenizer, manifest.name);
		this.tokensPerMessage = this.#template.tokensPerMessage;
		this.#stopTokens = tokensNamed(tokenizer, manifest, [
			...chat.stopTokens,
			...manifest.stopTokens,
		]);
		this.#stopStrings = chat.stopStrings ?? [];
		this.#answers = new WrittenAnswers(tokenizer);
	}

	countTokens(text: string): number {
		return this.#parts.tokenizer.encode(text.toWellFormed()).length;
	}

	async *answer(
		{ messages, maxAnswerTokens, temperature }: ChatRequest,
		signal: AbortSignal,
	): AsyncGenerator<string, AnswerResult, void> {
		const answer = engineAnswer(
			this.#parts,
			{
				request: {
					prompt: this.#promptOf(messages),
					maxNewTokens: maxAnswerTokens,
					stopTokens: this.#stopTokens,
					sampling: { temperature, topK, topP, seed: randomSeed() },
					priority: "chat",
					minJointProbability: 0,
					maxDraftTokens,
				},
				stopStrings: this.#stopStrings,
			},
			signal,
		);
		let text = "";
		const { end, usage, tokens } = yield* mapped(answer, (released) => {
			text += released.text;
			return released.text;
		});
		this.#answers.remember(text, tokens);
		return { end, usage };
	}

	#promptOf(messages: ChatRequest["messages"]): readonly TokenId[] {
		try {
			return this.#template.render(messages, (text) => this.#answers.tokensOf(text));
		} catch (error) {
			throw asUnsuitable(error);
		}
	}
}
