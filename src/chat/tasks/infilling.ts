import type { StructureService } from "../../context/syntax/structure.ts";
import type { SyntaxService } from "../../context/syntax/syntaxService.ts";
import {
	uncountedUsage,
	type AnswerEnd,
	type InfillModel,
	type InfillPiece,
	type InfillRequest,
} from "../../languageModel/languageModel.ts";

/** What a task needs to be done without a chat model. */
export interface InfillTools {
	readonly model: InfillModel;
	/** Undefined: nothing can be parsed, and nothing is refused for that. */
	readonly syntax: (SyntaxService & StructureService) | undefined;
}

/** A hole in a document and how to fill it. */
export interface Hole {
	readonly path: string;
	readonly languageId: string;
	readonly prefix: string;
	readonly suffix: string;
	readonly pieces: readonly InfillPiece[];
	readonly maxAnswerTokens: number;
	readonly stop: readonly string[];
	/** 0 for the likeliest answer; others draw with the seed. */
	readonly temperature: number;
	readonly seed: number;
}

export interface Filled {
	readonly text: string;
	readonly end: AnswerEnd;
	/** Natural logarithm; undefined where the model doesn't tell. */
	readonly logProbability: number | undefined;
}

/** Longest answer that is read, whatever a server sends, in UTF-16 units. */
const maxAnswerLength = 20_000;

/** As completions have it by default, several times over: a command may take a second. */
const maxPromptTokens = 2048;

/**
 * Fills one hole. `isComplete` sees the answer after each part of it, and ends it by saying so. Rejects with a
 * LanguageModelError only.
 */
export async function fill(
	model: InfillModel,
	hole: Hole,
	signal: AbortSignal,
	isComplete: (text: string) => boolean = () => false,
): Promise<Filled> {
	const request: InfillRequest = {
		...hole,
		maxPromptTokens: Math.min(
			maxPromptTokens,
			Math.max(1, model.description.contextTokens - hole.maxAnswerTokens),
		),
		minJointProbability: 0,
		priority: "chat",
	};
	const answer = model.infill(request, signal);
	let text = "";
	let logProbability: number | undefined = 0;
	try {
		for (;;) {
			const step = await answer.next();
			if (step.done === true) {
				return { text, end: step.value.end, logProbability };
			}
			text += step.value.text;
			logProbability =
				logProbability === undefined || step.value.logProbability === undefined
					? undefined
					: logProbability + step.value.logProbability;
			if (isComplete(text) || text.length > maxAnswerLength) {
				return { text, end: "stop", logProbability };
			}
		}
	} finally {
		await answer.return({ end: "cancelled", usage: uncountedUsage });
	}
}

/** Whether `changed` has no more syntax errors than `text`; true where that can't be told. */
export async function parsesAsBefore(
	tools: InfillTools,
	languageId: string,
	text: string,
	changed: string,
	signal: AbortSignal,
): Promise<boolean> {
	const before = await tools.syntax?.structureAt({ languageId, text, start: 0, end: 0 }, signal);
	const after = await tools.syntax?.structureAt(
		{ languageId, text: changed, start: 0, end: 0 },
		signal,
	);
	return before === undefined || after === undefined || after.errors <= before.errors;
}
