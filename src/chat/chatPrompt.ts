import { LanguageModelError } from "../languageModel/errors.ts";
import type { ChatMessage, ChatModel } from "../languageModel/languageModel.ts";
import type { QuestionTarget } from "./chatEditor.ts";
import type { ChatWorkspace } from "./chatWorkspace.ts";
import { gatherMaterial } from "./gatherMaterial.ts";
import { guardWorkspace } from "./guardedWorkspace.ts";
import type { TokenMeter } from "./messages.ts";
import { composePrompt, type ComposedPrompt, type PastTurn } from "./promptBudget.ts";
import { questionWords } from "./slashCommands.ts";
import { chatSystemPrompt } from "./systemPrompt.ts";
import { TokenCounter } from "./tokenCounter.ts";

/** Nobody reads a longer answer, and a model that has lost its way stops there. */
const maxAnswerTokens = 8_192;
/** Of a short context, the answer's share. */
const answerShare = 0.25;

/** Nearly greedy: code has few good continuations. */
export const answerTemperature = 0.2;
/** Somebody who asks for another answer wants another one. */
export const regenerateTemperature = 0.8;

/** Of the prompt's budget, for code that wasn't asked for by name. */
const relatedShare = 0.3;
/** Hardly a token of code is longer on average, in UTF-16 units: what is read beyond can't fit. */
const unitsPerToken = 8;
const maxFileLength = 600_000;

export interface PromptLimits {
	readonly budgetTokens: number;
	readonly maxAnswerTokens: number;
}

export function promptLimits({ description }: ChatModel): PromptLimits {
	const { contextTokens } = description;
	const answer = Math.min(maxAnswerTokens, Math.floor(contextTokens * answerShare));
	return { budgetTokens: contextTokens - answer, maxAnswerTokens: answer };
}

export interface QuestionInput {
	/** As the person wrote it, with mentions and a slash command. */
	readonly text: string;
	/** The turns before, as {@link PreparedQuestion.prompt} and the unchanged answer. */
	readonly past: readonly PastTurn[];
	/** Turns before this one were dropped from earlier prompts. */
	readonly firstTurn: number;
	/** A guarded one: see {@link guardWorkspace}. */
	readonly workspace: ChatWorkspace;
	readonly model: ChatModel;
	readonly counter: TokenCounter;
	/** A draft is measured while it is typed: related code isn't searched for. */
	readonly isDraft: boolean;
}

export interface PreparedQuestion {
	readonly messages: readonly ChatMessage[];
	readonly maxAnswerTokens: number;
	/** Content of the last message, which is to stay the same in all later prompts. */
	readonly prompt: string;
	readonly meter: TokenMeter;
	readonly target: QuestionTarget | undefined;
	/** `past` is in the prompt from here on. */
	readonly firstTurn: number;
}

/** Reads what a question needs and makes the prompt. Rejects with a LanguageModelError when nothing fits. */
export async function buildPrompt(
	input: QuestionInput,
	signal: AbortSignal,
): Promise<PreparedQuestion> {
	const { text, workspace, model, isDraft } = input;
	const { budgetTokens } = promptLimits(model);
	const gathered = await gatherMaterial(
		text,
		workspace,
		{
			fileLength: Math.min(maxFileLength, Math.max(0, budgetTokens) * unitsPerToken),
			relatedTokens: isDraft ? 0 : Math.floor(Math.max(0, budgetTokens) * relatedShare),
		},
		signal,
	);
	const composed = composePrompt({
		system: chatSystemPrompt,
		words: questionWords(text),
		gathered,
		past: input.past,
		firstTurn: input.firstTurn,
		budgetTokens,
		counter: input.counter,
	});
	return prepared(composed, gathered.target, model);
}

export interface RepeatedQuestion {
	readonly past: readonly PastTurn[];
	readonly firstTurn: number;
	readonly model: ChatModel;
	readonly counter: TokenCounter;
	/** As it was asked before. */
	readonly prompt: string;
	readonly meter: TokenMeter | undefined;
	readonly target: QuestionTarget | undefined;
}

/** The same prompt again, so that nothing has to be read again; undefined when this model can't take it. */
export function repeatPrompt(question: RepeatedQuestion): PreparedQuestion | undefined {
	const { model, past, firstTurn, counter, target } = question;
	const composed = composePrompt({
		system: chatSystemPrompt,
		words: "",
		gathered: { materials: [], pieces: [], leftOut: [], target },
		past,
		firstTurn,
		budgetTokens: promptLimits(model).budgetTokens,
		counter,
		repeated: { prompt: question.prompt, meter: question.meter },
	});
	return composed.kind === "tooLong" ? undefined : prepared(composed, target, model);
}

function prepared(
	composed: ComposedPrompt,
	target: QuestionTarget | undefined,
	model: ChatModel,
): PreparedQuestion {
	if (composed.kind === "tooLong") {
		const { name, contextTokens } = model.description;
		throw new LanguageModelError(
			"promptTooLong",
			`A question doesn't fit into the ${contextTokens} tokens that ${name} reads; choose another model for the chat.`,
		);
	}
	const { messages, prompt, meter, firstTurn } = composed;
	const limits = promptLimits(model);
	return { messages, prompt, meter, firstTurn, target, maxAnswerTokens: limits.maxAnswerTokens };
}

export interface ParticipantQuestion {
	readonly text: string;
	readonly history: readonly { readonly question: string; readonly answer: string }[];
	readonly workspace: ChatWorkspace;
	readonly model: ChatModel;
	readonly signal: AbortSignal;
}

export interface ParticipantPrompt extends PreparedQuestion {
	readonly temperature: number;
}

/** For a conversation that somebody else keeps: all of its questions and answers are at hand as plain text. */
export async function prepareQuestion(question: ParticipantQuestion): Promise<ParticipantPrompt> {
	const { text, history, workspace, model, signal } = question;
	const prepared = await buildPrompt(
		{
			text,
			past: pastTurns(history),
			firstTurn: 0,
			workspace: guardWorkspace(workspace),
			model,
			counter: new TokenCounter(model),
			isDraft: false,
		},
		signal,
	);
	return { ...prepared, temperature: answerTemperature };
}

/** Turns without an answer are left out: chat templates want questions and answers to take turns. */
function pastTurns(history: ParticipantQuestion["history"]): PastTurn[] {
	return history
		.filter(({ question, answer }) => question.trim() !== "" && answer.trim() !== "")
		.map(({ question, answer }) => ({ prompt: questionWords(question), answer }));
}
