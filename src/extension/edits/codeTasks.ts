import * as vscode from "vscode";
import { UserError } from "../../base/userError.ts";
import { changeOfAnswer } from "../../chat/edits/changeOfAnswer.ts";
import { askModel, questionLimits } from "../../chat/tasks/askModel.ts";
import type { CodeTask, TaskKind, TaskPiece } from "../../chat/tasks/codeTask.ts";
import { writeDocComment } from "../../chat/tasks/docComment.ts";
import { fixByInfilling } from "../../chat/tasks/infillFix.ts";
import { secretRefusal } from "../../chat/tasks/secretCode.ts";
import { taskPrompt } from "../../chat/tasks/taskPrompts.ts";
import type { ChatModel, InfillModel } from "../../languageModel/languageModel.ts";
import { definitionsOf } from "./definitions.ts";
import { tryInDocument } from "./diagnosticTrial.ts";
import { plainOffset, plainPosition, plainText } from "./documentText.ts";
import { modelInWords, type EditsOptions } from "./editsOptions.ts";
import type { Reviews } from "./reviews.ts";
import { problemsIn, taskProblem, wholeLines, type TaskPlace } from "./taskPlace.ts";
import { existingText, testFileOf } from "./testFile.ts";

export interface RequestedTask {
	readonly kind: TaskKind;
	readonly place: TaskPlace;
	readonly instruction: string | undefined;
	/** The one problem to fix; undefined: those on the lines of the code. */
	readonly problem?: vscode.Diagnostic | undefined;
}

const titles: Readonly<Record<TaskKind, string>> = {
	explain: "Explanation",
	fix: "Fix",
	tests: "Tests",
	doc: "Documentation",
	refactor: "Refactoring",
};

/**
 * Does one task with the best model that there is, and resolves with the sentence to show. What is to change
 * becomes a proposal; the document itself is left alone.
 */
export async function runTask(
	task: RequestedTask,
	reviews: Reviews,
	options: EditsOptions,
	signal: AbortSignal,
): Promise<string> {
	const { chat, infill } = options.models();
	const { document, code } = task.place;
	const refusal = secretRefusal({ ...code, location: document.uri.path });
	if (refusal !== undefined) {
		return refusal;
	}
	try {
		if (chat !== undefined) {
			return await runByChat(task, chat, reviews, options, signal);
		}
		if (infill === undefined) {
			return "There is no model yet that could answer; the status bar says why.";
		}
		switch (task.kind) {
			case "explain":
			case "doc":
				return await documentByInfilling(task, infill, reviews, options, signal);
			case "fix":
				return await fixInDocument(task, infill, reviews, options, signal);
			case "tests":
			case "refactor":
				return `${infill.description.name} only fills in code; to ${task.kind === "tests" ? "write tests" : "refactor"}, choose a chat model in Mote's settings.`;
		}
	} catch (error) {
		if (error instanceof UserError) {
			return error.message;
		}
		throw error;
	}
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
): Promise<string> {
	const { kind, place, instruction, problem } = task;
	const related = [...(await relatedPieces(task, options, signal))];
	const testFile = kind === "tests" ? await testFileOf(place.document.uri) : undefined;
	const present = testFile === undefined ? undefined : await existingText(testFile.uri);
	if (testFile !== undefined && present !== undefined) {
		related.push({ path: testFile.path, text: present });
	}
	const diagnostics = problem === undefined ? problemsIn(place) : [problem];
	const question: CodeTask = {
		kind,
		code: place.code,
		problems: kind === "fix" ? diagnostics.map(taskProblem) : [],
		related,
		instruction,
	};
	const { text: prompt } = taskPrompt(question, questionLimits(model));
	const answer = await answerTo(prompt, task, model, options, signal);
	if (answer === undefined || signal.aborted) {
		return "Stopped.";
	}
	const by = `by ${modelInWords(model.description)}`;
	if (kind === "explain") {
		if (options.ask === undefined) {
			const content = `# ${titles.explain} ${by}\n\n${answer}\n`;
			const shown = await vscode.workspace.openTextDocument({ language: "markdown", content });
			await vscode.window.showTextDocument(shown, vscode.ViewColumn.Beside);
		}
		return `Explained ${by}.`;
	}
	const { code } = place;
	const change = changeOfAnswer(
		answer,
		testFile === undefined
			? { path: code.path, text: code.text, range: { start: code.start, end: code.end } }
			: { path: testFile.path, text: present ?? "", range: undefined },
	);
	if (change === undefined) {
		return `${modelInWords(model.description)} answered without code; nothing was changed.`;
	}
	if (change.kind === "refused") {
		return change.sentence;
	}
	if (testFile === undefined) {
		return propose(task, change.text, by, reviews);
	}
	await reviews.propose({
		uri: testFile.uri,
		base: present ?? "",
		proposed: change.text,
		title: `${titles.tests} ${by}`,
		range: undefined,
		isNewFile: present === undefined,
	});
	return `Tests ${by}: accept or reject them in the diff.`;
}

async function answerTo(
	prompt: string,
	{ kind, place, instruction }: RequestedTask,
	model: ChatModel,
	options: EditsOptions,
	signal: AbortSignal,
): Promise<string | undefined> {
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
	return end === "cancelled" || end === "superseded" ? undefined : text;
}

async function documentByInfilling(
	task: RequestedTask,
	model: InfillModel,
	reviews: Reviews,
	options: EditsOptions,
	signal: AbortSignal,
): Promise<string> {
	const related = await relatedPieces(task, options, signal);
	const outcome = await writeDocComment(
		{ code: task.place.code, related },
		{ model, syntax: options.syntax() },
		signal,
	);
	return outcome.kind === "none"
		? outcome.sentence
		: propose(task, outcome.text, `by ${modelInWords(model.description)}`, reviews, undefined);
}

async function fixInDocument(
	task: RequestedTask,
	model: InfillModel,
	reviews: Reviews,
	options: EditsOptions,
	signal: AbortSignal,
): Promise<string> {
	const { document, code } = task.place;
	const problem = task.problem ?? problemsIn(task.place)[0];
	if (problem === undefined) {
		return "The editor reports no problem there; without a chat model, Mote fixes what the editor reports.";
	}
	const start = plainOffset(document, problem.range.start);
	const end = plainOffset(document, problem.range.end);
	const lines = wholeLines(code.text, { start, end });
	const confined = {
		...code,
		start: Math.min(code.start, lines.start),
		end: Math.max(code.end, lines.end),
	};
	const related = await relatedPieces({ ...task, problem }, options, signal);
	const before = vscode.languages.getDiagnostics(document.uri);
	const outcome = await fixByInfilling(
		{ code: confined, problem: { ...taskProblem(problem), start, end }, related },
		{ model, syntax: options.syntax() },
		async (text, trialSignal) =>
			plainText(document) === code.text
				? tryInDocument(text, { document, problem, before, ...options }, trialSignal)
				: "unknown",
		signal,
	);
	return outcome.kind === "none"
		? outcome.sentence
		: propose(
				task,
				outcome.text,
				`by ${modelInWords(model.description)}, checked: the problem goes away`,
				reviews,
				confined,
			);
}

/** Without a range the whole document may change: for text that only this code puts together. */
async function propose(
	{ kind, place }: RequestedTask,
	proposed: string,
	by: string,
	reviews: Reviews,
	range: { readonly start: number; readonly end: number } | undefined = place.code,
): Promise<string> {
	const title = `${titles[kind]} ${by}`;
	await reviews.propose({
		uri: place.document.uri,
		base: place.code.text,
		proposed,
		title,
		range,
	});
	return `${title}: accept or reject it in the diff.`;
}
