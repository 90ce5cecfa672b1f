import type { Logger } from "../base/log.ts";
import { UserError } from "../base/userError.ts";
import type { AnswerEnd, ChatModel } from "../languageModel/languageModel.ts";
import { indexAnswerer, type Answerer } from "./answerer.ts";
import { buildPrompt, promptLimits, repeatPrompt, type PreparedQuestion } from "./chatPrompt.ts";
import type { ChatWorkspace } from "./chatWorkspace.ts";
import { maxAnswerLength, type Question } from "./conversations/conversation.ts";
import { explainQuestion } from "./explanation/explainQuestion.ts";
import { gatherMaterial, problemsIn } from "./gatherMaterial.ts";
import type { AnswerByInfilling, ChosenModel, InfillQuestion } from "./infillQuestion.ts";
import { lineOffset } from "./material.ts";
import { whyNoDocument } from "./whyNoDocument.ts";
import type { MessageStatus } from "./messages.ts";
import type { PastTurn } from "./promptBudget.ts";
import { ReasoningFilter } from "./reasoning.ts";
import { slashCommandOf } from "./slashCommands.ts";
import type { TokenCounter } from "./tokenCounter.ts";

export interface TurnInput {
	readonly question: Question;
	readonly past: readonly PastTurn[];
	readonly firstTurn: number;
	readonly temperature: number;
	readonly chosen: ChosenModel;
	readonly counterOf: (model: ChatModel) => TokenCounter;
	/** A guarded one. */
	readonly workspace: ChatWorkspace;
	readonly answerByInfilling?: AnswerByInfilling | undefined;
	readonly logger: Logger;
	/** Called at most once, before any text. */
	readonly onPrepared: (prepared: PreparedQuestion) => void;
	/** Called again when another model than the one that was asked turns out to answer. */
	readonly onAnswerer: (answerer: Answerer) => void;
	readonly onText: (text: string) => void;
	/** Where a link of an explanation to a line, counted from 0, leads; without it as the chat view follows it. */
	readonly hrefOf?: ((path: string, line: number) => string | undefined) | undefined;
}

type FinalStatus = Exclude<MessageStatus, { kind: "writing" }>;

/** Of related code for a model that infills: more of it is not what it was trained with. */
const infillRelatedTokens = 2_000;
const infillFileLength = 200_000;

/** Answers one question. Never rejects: how it ended is the answer's status. */
export async function answerTurn(input: TurnInput, signal: AbortSignal): Promise<FinalStatus> {
	let length = 0;
	const tooLong = new AbortController();
	const onText = (text: string): void => {
		const rest = text.slice(0, maxAnswerLength - length);
		length += text.length;
		input.onText(rest);
		if (length > maxAnswerLength) {
			tooLong.abort();
		}
	};
	const ended = AbortSignal.any([signal, tooLong.signal]);
	try {
		const end = await runTurn({ ...input, onText }, ended);
		if (typeof end !== "string") {
			return end;
		}
		if (tooLong.signal.aborted) {
			return { kind: "cut" };
		}
		return length === 0 && !signal.aborted ? emptyAnswer : statusOf(end);
	} catch (error) {
		if (tooLong.signal.aborted) {
			return { kind: "cut" };
		}
		if (signal.aborted) {
			return { kind: "stopped" };
		}
		if (error instanceof UserError) {
			return failed(error.message);
		}
		input.logger.error(`A question was not answered: ${describe(error)}`);
		return failed("Mote could not answer because of an error of its own; its log says more.");
	}
}

const emptyAnswer: FinalStatus = failed(
	"The model ended without an answer; ask again, or choose another model.",
);

async function runTurn(
	input: TurnInput,
	signal: AbortSignal,
): Promise<AnswerEnd | Extract<FinalStatus, { kind: "failed" }>> {
	const { chosen } = input;
	// What the index knows needs no model, and no model that can't converse knows better.
	if (chosen.kind !== "chat" && slashCommandOf(input.question.text)?.kind === "explain") {
		return indexTurn(input, signal);
	}
	switch (chosen.kind) {
		case "none":
			return { ...failed(chosen.reason), lacksModel: true };
		case "infill":
			return infillTurn(input, chosen, signal);
		case "chat":
			return chatTurn(input, chosen, signal);
	}
}

async function chatTurn(
	input: TurnInput,
	{ model, answeredBy }: Extract<ChosenModel, { kind: "chat" }>,
	signal: AbortSignal,
): Promise<AnswerEnd | Extract<FinalStatus, { kind: "failed" }>> {
	input.onAnswerer(model.description);
	const prepared = await prepare(input, model, signal);
	if (signal.aborted) {
		return "cancelled";
	}
	input.onPrepared(prepared);
	const { messages, maxAnswerTokens } = prepared;
	const { temperature } = input;
	const answer = model.answer({ messages, maxAnswerTokens, temperature }, signal);
	const reasoning = new ReasoningFilter();
	const write = (text: string): void => {
		if (text !== "") {
			input.onText(text);
		}
	};
	let isFirst = true;
	for (;;) {
		const next = await answer.next();
		if (next.done === true) {
			const { end } = next.value;
			const isUnfinished = reasoning.isThinking && end === "length";
			write(reasoning.end());
			return isUnfinished ? unfinishedThought : end;
		}
		if (isFirst) {
			input.onAnswerer(answeredBy?.() ?? model.description);
			isFirst = false;
		}
		write(reasoning.push(next.value));
	}
}

const unfinishedThought = failed(
	"The model thought until it had no tokens left for an answer; ask for less at once, or choose another model.",
);

async function prepare(
	input: TurnInput,
	model: ChatModel,
	signal: AbortSignal,
): Promise<PreparedQuestion> {
	const { question, past, firstTurn, workspace } = input;
	const counter = input.counterOf(model);
	// It was asked before, or comes with a prompt of its own.
	if (question.prompt !== undefined) {
		const { prompt, meter, target } = question;
		const repeated = repeatPrompt({ past, firstTurn, model, counter, prompt, meter, target });
		if (repeated !== undefined) {
			return repeated;
		}
	}
	const { text } = question;
	return buildPrompt({ text, past, firstTurn, workspace, model, counter, isDraft: false }, signal);
}

async function indexTurn(
	{ question, workspace, hrefOf, onAnswerer, onText }: TurnInput,
	signal: AbortSignal,
): Promise<AnswerEnd | Extract<FinalStatus, { kind: "failed" }>> {
	onAnswerer(indexAnswerer);
	const outcome = await explainQuestion(question, { workspace, hrefOf }, signal);
	if (signal.aborted) {
		return "cancelled";
	}
	if (outcome.kind === "refused") {
		return failed(outcome.sentence);
	}
	onText(outcome.markdown);
	return "stop";
}

async function infillTurn(
	input: TurnInput,
	{ model }: Extract<ChosenModel, { kind: "infill" }>,
	signal: AbortSignal,
): Promise<AnswerEnd | Extract<FinalStatus, { kind: "failed" }>> {
	const { question, answerByInfilling, workspace } = input;
	const command = slashCommandOf(question.text);
	const kind = command?.kind;
	if (answerByInfilling === undefined || kind !== "fix") {
		return {
			...failed(
				`${model.description.name} completes code but can't converse; ask with /explain or /fix about selected code, or choose a chat model.`,
			),
			lacksModel: true,
		};
	}
	input.onAnswerer(model.description);
	const gathered = await gatherMaterial(
		question.text,
		workspace,
		{ fileLength: infillFileLength, relatedTokens: infillRelatedTokens },
		signal,
	);
	const { target } = gathered;
	const document = workspace.activeDocument();
	if (target === undefined || document?.path !== target.path) {
		return failed(whyNoDocument(workspace));
	}
	const task: InfillQuestion = {
		kind,
		model,
		code: {
			path: target.path,
			languageId: target.languageId,
			text: document.text,
			start: lineOffset(document.text, target.startLine),
			end: lineOffset(document.text, target.startLine) + target.text.length,
		},
		problems: problemsIn(target, workspace).map((problem) => ({
			severity: problem.severity,
			message: problem.message,
			source: problem.source,
			code: problem.code,
			startLine: problem.range.start.line,
			endLine: problem.range.end.line,
		})),
		related: gathered.pieces.map(({ path, text }) => ({ path, text })),
		instruction: command?.instruction === "" ? undefined : command?.instruction,
	};
	const answer = answerByInfilling(task, signal);
	for (;;) {
		const next = await answer.next();
		if (next.done === true) {
			return next.value;
		}
		input.onText(next.value);
	}
}

function statusOf(end: AnswerEnd): FinalStatus {
	switch (end) {
		case "stop":
		case "unlikely":
			return { kind: "complete" };
		case "length":
			return { kind: "cut" };
		case "cancelled":
		case "superseded":
			return { kind: "stopped" };
	}
}

function failed(sentence: string): Extract<FinalStatus, { kind: "failed" }> {
	return { kind: "failed", sentence: sentence.slice(0, 4_000) };
}

function describe(error: unknown): string {
	return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** For a meter when there is nothing to measure with. */
export function budgetOf(chosen: ChosenModel): number {
	return chosen.kind === "chat" ? Math.max(0, promptLimits(chosen.model).budgetTokens) : 0;
}
