import type * as vscode from "vscode";
import { assert } from "../../base/assert.ts";
import { UserError } from "../../base/userError.ts";
import { changeOfAnswer } from "../../chat/edits/changeOfAnswer.ts";
import { askModel, questionLimits } from "../../chat/tasks/askModel.ts";
import type { CodeTask, TaskKind, TaskPiece } from "../../chat/tasks/codeTask.ts";
import { writeDocComment } from "../../chat/tasks/docComment.ts";
import { missingSubject } from "../../chat/tasks/missingSubject.ts";
import { secretRefusal } from "../../chat/tasks/secretCode.ts";
import { taskPrompt } from "../../chat/tasks/taskPrompts.ts";
import type { ChatModel, InfillModel } from "../../languageModel/languageModel.ts";
import { definitionsOf } from "./definitions.ts";
import { explainFromIndex, showExplanation } from "./explainFromIndex.ts";
import { plainPosition } from "./documentText.ts";
import { modelInWords, type EditModels, type EditsOptions } from "./editsOptions.ts";
import { ProblemFix } from "./problemFix.ts";
import { openProposal, proposeChange, type TaskEnd } from "./proposeChange.ts";
import type { Reviews } from "./reviews.ts";
import { problemsIn, taskProblem, type TaskPlace } from "./taskPlace.ts";
import { existingText, testFileOf, type TestFile } from "./testFile.ts";

export interface RequestedTask {
	readonly kind: TaskKind;
	readonly place: TaskPlace;
	readonly instruction: string | undefined;
	/** The one problem to fix; undefined: those on the lines of the code. */
	readonly problem?: vscode.Diagnostic | undefined;
	/** Where the cursor is, when nothing is selected: the problem there is meant before all others. */
	readonly cursor?: vscode.Position | undefined;
	/** Whether the person is where the command was given, so that a diff takes nobody's focus. */
	readonly isAttended: () => boolean;
}

const titles: Readonly<Record<TaskKind, string>> = {
	explain: "Explanation",
	fix: "Fix",
	tests: "Tests",
	doc: "Documentation",
	refactor: "Refactoring",
};

/**
 * Why a task can't be done with the models that there are, in a sentence that says what to do about it: known
 * before anybody is asked for anything. A fix may need none, and an explanation has the index.
 */
export function missingModel(kind: TaskKind, { chat, infill }: EditModels): string | undefined {
	if (chat !== undefined || kind === "fix" || kind === "explain") {
		return undefined;
	}
	if (infill === undefined) {
		return noModel;
	}
	return kind === "tests" || kind === "refactor"
		? `${infill.description.name} only fills in code; to ${kind === "tests" ? "write tests" : "refactor"}, choose a chat model in Mote's settings.`
		: undefined;
}

const noModel = "There is no model yet that could answer; the status bar says why.";

/** Does one task with the best model that there is. What is to change becomes a proposal; the document is left alone. */
export async function runTask(
	task: RequestedTask,
	reviews: Reviews,
	options: EditsOptions,
	signal: AbortSignal,
): Promise<TaskEnd> {
	const models = options.models();
	const { document, code } = task.place;
	const refusal = secretRefusal({ ...code, location: document.uri.path });
	if (refusal !== undefined) {
		return { sentence: refusal };
	}
	try {
		const reason = missingModel(task.kind, models) ?? (await nothingThere(task, options, signal));
		if (reason !== undefined) {
			return { sentence: reason };
		}
		if (task.kind === "fix") {
			return await runFix(task, reviews, options, signal);
		}
		const { chat, infill } = models;
		if (chat !== undefined) {
			return await runByChat(task, chat, reviews, options, signal);
		}
		if (task.kind === "explain") {
			return await explainFromIndex(task, options, signal);
		}
		assert(infill !== undefined, "without any model the task isn't begun");
		return await documentByInfilling(task, infill, reviews, options, signal);
	} catch (error) {
		if (error instanceof UserError) {
			return { sentence: error.message };
		}
		throw error;
	}
}

/** Why there is nothing at the place to do the task with; undefined where there is something. */
export async function nothingThere(
	{ kind, place, problem }: Pick<RequestedTask, "kind" | "place" | "problem">,
	options: EditsOptions,
	signal: AbortSignal,
): Promise<string | undefined> {
	if (kind === "fix" && (problem !== undefined || problemsIn(place).length > 0)) {
		return undefined;
	}
	const needsCode = kind === "doc" || kind === "tests";
	return missingSubject(kind, { ...place.code, needsCode }, options.syntax(), signal);
}

/** By what needs no model, then by the model. */
async function runFix(
	task: RequestedTask,
	reviews: Reviews,
	options: EditsOptions,
	signal: AbortSignal,
): Promise<TaskEnd> {
	const { chat, infill } = options.models();
	// A chat model sees all problems of a place, and what was asked for, at once.
	const meant = chat === undefined ? problemsOf(task) : onlyProblemOf(task);
	const fixes = meant.slice(0, maxProblems).map((problem) => ({
		fix: new ProblemFix(task.place, problem, options),
		related: () => relatedPieces({ ...task, problem }, options, signal),
	}));
	for (const { fix, related } of fixes) {
		const mended = await fix.withoutModel(related, signal);
		if (mended !== undefined && !signal.aborted) {
			// The whole document may change: the editor adds imports too.
			const draft = { proposed: mended.text, title: `Fix${mended.by}`, range: undefined };
			return proposeChange(task, draft, reviews);
		}
	}
	if (chat !== undefined) {
		return runByChat(task, chat, reviews, options, signal);
	}
	const [first] = fixes;
	if (first !== undefined && infill !== undefined && !signal.aborted) {
		const outcome = await first.fix.byInfilling(infill, first.related, signal);
		if (outcome.kind === "none") {
			return { sentence: outcome.sentence };
		}
		const by = `by ${modelInWords(infill.description)}, checked: the problem goes away`;
		const draft = { proposed: outcome.text, title: `Fix ${by}`, range: first.fix.range };
		return proposeChange(task, draft, reviews);
	}
	return {
		sentence: signal.aborted
			? "Stopped; the document is as it was."
			: infill === undefined
				? noModel
				: "The editor reports no problem there; without a chat model, Mote fixes what the editor reports.",
	};
}

/** More of a place aren't looked at before one of them is mended. */
const maxProblems = 3;

/** The problem that was chosen; else those of the place, the nearest to the cursor first. */
function problemsOf({ place, problem, cursor }: RequestedTask): readonly vscode.Diagnostic[] {
	if (problem !== undefined) {
		return [problem];
	}
	const distance = ({ range }: vscode.Diagnostic): number =>
		cursor === undefined ? 0 : Math.abs(range.start.line - cursor.line);
	return problemsIn(place).toSorted((a, b) => distance(a) - distance(b));
}

/** The one that the person means, if that is certain and nothing was said about it. */
function onlyProblemOf(task: RequestedTask): readonly vscode.Diagnostic[] {
	const problems = problemsOf(task);
	const { cursor } = task;
	const there =
		cursor === undefined
			? []
			: problems.filter(
					({ range }) => range.start.line <= cursor.line && range.end.line >= cursor.line,
				);
	const meant = there.length > 0 ? there : problems;
	return meant.length === 1 && task.instruction === undefined ? meant : [];
}

async function relatedPieces(
	{ place, problem }: RequestedTask,
	options: EditsOptions,
	signal: AbortSignal,
): Promise<readonly TaskPiece[]> {
	const { document, code } = place;
	const lines =
		problem === undefined
			? {
					start: plainPosition(code.text, code.start).line,
					end: plainPosition(code.text, code.end).line,
				}
			: { start: problem.range.start.line, end: problem.range.end.line };
	const { path, languageId, text, start } = code;
	const [repository, definitions] = await Promise.all([
		options.related({ path, languageId, text, offset: start }, signal),
		definitionsOf(document, lines, options.clock),
	]);
	// What the language itself says is defined there is worth most, and stands last.
	return [...repository, ...definitions];
}

async function runByChat(
	task: RequestedTask,
	model: ChatModel,
	reviews: Reviews,
	options: EditsOptions,
	signal: AbortSignal,
): Promise<TaskEnd> {
	const { kind, place, instruction, problem } = task;
	const related = await relatedPieces(task, options, signal);
	const target = await targetOf(task);
	const diagnostics = problem === undefined ? problemsIn(place) : [problem];
	const question: CodeTask = {
		kind,
		code: place.code,
		problems: kind === "fix" ? diagnostics.map(taskProblem) : [],
		related: target.present === undefined ? related : [...related, target.present],
		instruction,
	};
	const { text: prompt } = taskPrompt(question, questionLimits(model));
	const answered = await answerTo(prompt, task, model, options, signal);
	if (answered === undefined || signal.aborted) {
		return { sentence: "Stopped." };
	}
	const who = modelInWords(model.description);
	if (kind === "explain") {
		if (options.ask === undefined) {
			await showExplanation(`${titles.explain} by ${who}`, answered.text);
		}
		return { sentence: `Explained by ${who}.`, isSeen: true };
	}
	return proposeAnswer(task, target, { ...answered, who }, reviews);
}

/** Where the code of an answer goes: the code at hand, or a file of tests for it. */
interface AnswerTarget {
	readonly testFile: TestFile | undefined;
	/** The file of tests as it is, if there is one. */
	readonly present: TaskPiece | undefined;
}

async function targetOf({ kind, place }: RequestedTask): Promise<AnswerTarget> {
	if (kind !== "tests") {
		return { testFile: undefined, present: undefined };
	}
	const testFile = await testFileOf(place.document.uri);
	const text = await existingText(testFile.uri);
	return { testFile, present: text === undefined ? undefined : { path: testFile.path, text } };
}

async function proposeAnswer(
	task: RequestedTask,
	{ testFile, present }: AnswerTarget,
	{ text: answer, conversationId, who }: TaskAnswer & { readonly who: string },
	reviews: Reviews,
): Promise<TaskEnd> {
	const { code } = task.place;
	const range = { start: code.start, end: code.end };
	const change = changeOfAnswer(
		answer,
		testFile === undefined
			? { path: code.path, text: code.text, range }
			: { path: testFile.path, text: present?.text ?? "", range: undefined },
	);
	if (change === undefined) {
		return { sentence: `${who} answered without code; nothing was changed.` };
	}
	if (change.kind === "refused") {
		return { sentence: change.sentence };
	}
	const proposed = change.text;
	const title = `${titles[task.kind]} by ${who}`;
	if (testFile === undefined) {
		return proposeChange(task, { proposed, title, range, conversationId }, reviews);
	}
	if (proposed.trim() === "" || proposed === present?.text) {
		return { sentence: `${who} wrote no tests.` };
	}
	const proposal = {
		uri: testFile.uri,
		base: present?.text ?? "",
		proposed,
		title,
		range: undefined,
		isNewFile: present === undefined,
		conversationId,
	};
	return openProposal(task, proposal, reviews);
}

interface TaskAnswer {
	readonly text: string;
	/** Of the conversation that it was asked in, if any. */
	readonly conversationId?: string;
}

async function answerTo(
	prompt: string,
	{ kind, place, instruction }: RequestedTask,
	model: ChatModel,
	options: EditsOptions,
	signal: AbortSignal,
): Promise<TaskAnswer | undefined> {
	if (options.ask !== undefined) {
		const words = instruction === undefined ? "" : ` ${instruction}`;
		return options.ask(
			{
				text: `/${kind} ${place.code.path}${words}`,
				prompt,
				title: `${titles[kind]}: ${place.code.path}`,
			},
			signal,
		);
	}
	const { text, end } = await askModel(model, prompt, signal);
	return end === "cancelled" || end === "superseded" ? undefined : { text };
}

async function documentByInfilling(
	task: RequestedTask,
	model: InfillModel,
	reviews: Reviews,
	options: EditsOptions,
	signal: AbortSignal,
): Promise<TaskEnd> {
	const related = await relatedPieces(task, options, signal);
	const outcome = await writeDocComment(
		{ code: task.place.code, related },
		{ model, syntax: options.syntax() },
		signal,
	);
	const title = `${titles[task.kind]} by ${modelInWords(model.description)}`;
	return outcome.kind === "none"
		? { sentence: outcome.sentence }
		: proposeChange(task, { proposed: outcome.text, title, range: task.place.code }, reviews);
}
