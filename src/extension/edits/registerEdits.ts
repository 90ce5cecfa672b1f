import * as vscode from "vscode";
import type { ProposedBlock } from "../../chat/chatEditor.ts";
import type { AnswerByInfilling } from "../../chat/infillQuestion.ts";
import type { ReviewView } from "../../chat/messages.ts";
import type { TaskKind } from "../../chat/tasks/codeTask.ts";
import { applyBlock } from "./applyBlock.ts";
import { EditCommands } from "./editCommands.ts";
import type { EditsOptions } from "./editsOptions.ts";
import { FixActions } from "./fixActions.ts";
import { infillAnswers } from "./infillAnswers.ts";
import { Reviews } from "./reviews.ts";

export interface Edits {
	readonly reviews: Reviews;
	/** Opens a code block of an answer as a proposal; rejects with a UserError. */
	applyBlock(block: ProposedBlock): Promise<ReviewView>;
	/** For the chat session, where the model can't converse. */
	readonly answerByInfilling: AnswerByInfilling;
	/** The sentence that the last command ended with. */
	readonly onDidEndTask: vscode.Event<string>;
	dispose(): void;
}

const commands: readonly (readonly [command: string, kind: TaskKind])[] = [
	["explain", "explain"],
	["fix", "fix"],
	["generateTests", "tests"],
	["document", "doc"],
	["refactor", "refactor"],
];

/**
 * The commands on code, the code actions, and the review of what they propose. `prefix` begins the names of the
 * commands: tests register a second set beside the extension's own.
 */
export function registerEdits(options: EditsOptions, prefix = "mote"): Edits {
	const reviews = new Reviews(prefix);
	/** Run by a code action; not in the palette. */
	const fixDiagnosticCommand = `${prefix}.internal.fixDiagnostic`;
	const tasks = new EditCommands(reviews, options);
	const registrations = vscode.Disposable.from(
		...commands.map(([command, kind]) =>
			vscode.commands.registerCommand(`${prefix}.${command}`, () => tasks.run(kind)),
		),
		vscode.commands.registerCommand(
			fixDiagnosticCommand,
			(uri: unknown, range: unknown, key: unknown) => tasks.fixDiagnostic(uri, range, key),
		),
		vscode.commands.registerCommand(`${prefix}.generateCommitMessage`, (control: unknown) =>
			tasks.generateCommitMessage(control),
		),
		vscode.languages.registerCodeActionsProvider(
			{ pattern: "**" },
			new FixActions(options.models, fixDiagnosticCommand),
			FixActions.metadata,
		),
	);
	return {
		reviews,
		applyBlock: (block) => applyBlock(block, reviews),
		answerByInfilling: infillAnswers(reviews, options),
		onDidEndTask: tasks.onDidEndTask,
		dispose() {
			tasks.dispose();
			registrations.dispose();
			reviews.dispose();
		},
	};
}
