import type { ChatMessage } from "../languageModel/languageModel.ts";
import type { TokenMeter } from "./messages.ts";
import type { GatheredMaterial } from "./gatherMaterial.ts";
import { fitMaterial, firstPart, type FittedSection } from "./fitMaterial.ts";
import type { TokenCounter } from "./tokenCounter.ts";

/** A question and its answer as the model read and wrote them. */
export interface PastTurn {
	readonly prompt: string;
	readonly answer: string;
}

export interface PromptInput {
	readonly system: string;
	/** What the person asks, slash commands in full words. */
	readonly words: string;
	readonly gathered: GatheredMaterial;
	readonly past: readonly PastTurn[];
	/** Earlier turns of `past` were dropped before, and stay so. */
	readonly firstTurn: number;
	/** Of the prompt, the answer's share taken off. */
	readonly budgetTokens: number;
	readonly counter: TokenCounter;
	/** The question as it was sent before, instead of `words` and `gathered`. */
	readonly repeated?: RepeatedPrompt;
}

export interface RepeatedPrompt {
	readonly prompt: string;
	readonly meter: TokenMeter | undefined;
}

export type ComposedPrompt =
	| {
			readonly kind: "prompt";
			readonly messages: readonly ChatMessage[];
			/** Content of the last message. */
			readonly prompt: string;
			readonly meter: TokenMeter;
			/** `past` is in the prompt from here on. */
			readonly firstTurn: number;
	  }
	/** Not even the rules and the start of the question fit. */
	| { readonly kind: "tooLong" };

/**
 * Most that new material takes of what is there for question, material and history. The rest is what the next
 * question and the answer before it need: a file that fills everything would be dropped one turn later.
 */
const materialShare = 0.6;

/** A question's own words may take so much; the end of a longer one is cut. */
const questionShare = 0.8;

/** When turns have to be dropped, so much of the room is filled again: the next turns then drop nothing. */
const refillShare = 0.5;

/**
 * Decides what goes into a prompt. The rules come first, then the turns that were there before exactly as they
 * were, then the question behind its material: what stays is what the KV cache holds. The meter never
 * shows more than the budget.
 */
export function composePrompt(input: PromptInput): ComposedPrompt {
	const { system, gathered, counter, budgetTokens } = input;
	const empty: ChatMessage[] = [
		{ role: "system", content: system },
		{ role: "user", content: "" },
	];
	const fixedTokens = counter.prompt(empty);
	const room = budgetTokens - fixedTokens;
	const question =
		input.repeated === undefined
			? fitQuestion(input.words, gathered, room, counter)
			: fitRepeated(input.repeated, room, counter);
	if (question === undefined) {
		return { kind: "tooLong" };
	}
	const history = fitHistory(input, room - question.tokens);
	const messages: ChatMessage[] = [
		{ role: "system", content: system },
		...input.past.slice(history.firstTurn).flatMap(({ prompt, answer }): ChatMessage[] => [
			{ role: "user", content: prompt },
			{ role: "assistant", content: answer },
		]),
		{ role: "user", content: question.prompt },
	];
	const dropped = history.firstTurn;
	return {
		kind: "prompt",
		messages,
		prompt: question.prompt,
		firstTurn: history.firstTurn,
		meter: {
			usedTokens: fixedTokens + history.tokens + question.tokens,
			budgetTokens,
			parts: [
				{ label: rulesLabel, tokens: fixedTokens },
				...(history.tokens > 0 ? [{ label: earlierLabel, tokens: history.tokens }] : []),
				...question.parts,
			],
			leftOut: [...question.leftOut, ...(dropped === 0 ? [] : [`${2 * dropped} older messages`])],
		},
	};
}

/** Labels of a meter that aren't names of material. */
export const rulesLabel = "rules";
export const earlierLabel = "earlier messages";
export const questionLabel = "your question";
const olderMessages = /^\d+ older messages$/;

interface FittedQuestion {
	readonly prompt: string;
	readonly tokens: number;
	readonly parts: TokenMeter["parts"];
	readonly leftOut: readonly string[];
}

/** Sections are counted one by one, and what they take together may be a little more: then again with less. */
const tries = 4;

function fitQuestion(
	allWords: string,
	gathered: GatheredMaterial,
	room: number,
	counter: TokenCounter,
): FittedQuestion | undefined {
	const words = firstPart(allWords, Math.floor(room * questionShare), counter);
	if (words === undefined) {
		return undefined;
	}
	const cut = words === allWords ? [] : ["the end of your question"];
	const most = Math.floor(room * materialShare);
	let materialTokens = Math.min(most, room - counter.count(words));
	for (let attempt = 0; attempt < tries && materialTokens > 0; attempt++) {
		const { sections, leftOut } = fitMaterial(gathered, materialTokens, counter);
		const prompt = questionPrompt(words, sections);
		const tokens = counter.count(prompt);
		if (tokens <= room) {
			const parts = questionParts(sections, tokens);
			return { prompt, tokens, parts, leftOut: [...cut, ...leftOut] };
		}
		materialTokens -= tokens - room + 1;
	}
	const tokens = counter.count(words);
	return {
		prompt: words,
		tokens,
		parts: questionParts([], tokens),
		leftOut: [...cut, ...gathered.leftOut, ...gathered.materials.map(({ label }) => label)],
	};
}

function fitRepeated(
	{ prompt, meter }: RepeatedPrompt,
	room: number,
	counter: TokenCounter,
): FittedQuestion | undefined {
	const tokens = counter.count(prompt);
	if (tokens > room) {
		return undefined;
	}
	// What was measured by another model's tokens doesn't add up.
	const before = (meter?.parts ?? []).filter(
		({ label }) => label !== rulesLabel && label !== earlierLabel,
	);
	const isSame = before.reduce((sum, part) => sum + part.tokens, 0) === tokens;
	return {
		prompt,
		tokens,
		parts: isSame ? before : questionParts([], tokens),
		leftOut: (meter?.leftOut ?? []).filter((words) => !olderMessages.test(words)),
	};
}

function questionPrompt(words: string, sections: readonly FittedSection[]): string {
	return sections.length === 0
		? words
		: `${sections.map(({ text }) => text).join("\n\n")}\n\nThe person asks:\n${words}`;
}

function questionParts(sections: readonly FittedSection[], tokens: number): TokenMeter["parts"] {
	const parts: { label: string; tokens: number }[] = [];
	let left = tokens;
	for (const section of sections) {
		// What is between sections counts with the question.
		const share = Math.min(left, section.tokens);
		parts.push({ label: section.label, tokens: share });
		left -= share;
	}
	return [...parts, { label: questionLabel, tokens: left }];
}

interface FittedHistory {
	readonly firstTurn: number;
	readonly tokens: number;
}

/**
 * Keeps the turns that were there before, all of them, if they fit. If they don't, the oldest are dropped in
 * one large step: each step has the rest read again, so there must be few of them.
 */
function fitHistory({ past, firstTurn, counter }: PromptInput, room: number): FittedHistory {
	const fromLatest = suffixWithin(past, firstTurn, room, counter);
	if (fromLatest.firstTurn === firstTurn) {
		return fromLatest;
	}
	const refilled = suffixWithin(past, firstTurn, room * refillShare, counter);
	// One long turn that fits is better than none.
	return refilled.firstTurn < past.length
		? refilled
		: suffixWithin(past, Math.max(firstTurn, past.length - 1), room, counter);
}

/** The longest run of latest turns within `room`, beginning at `firstTurn` or later. */
function suffixWithin(
	past: readonly PastTurn[],
	firstTurn: number,
	room: number,
	counter: TokenCounter,
): FittedHistory {
	let start = past.length;
	let tokens = 0;
	for (; start > firstTurn; start--) {
		const turn = past[start - 1];
		const more =
			turn === undefined ? 0 : counter.message(turn.prompt) + counter.message(turn.answer);
		if (tokens + more > room) {
			break;
		}
		tokens += more;
	}
	return { firstTurn: start, tokens };
}
