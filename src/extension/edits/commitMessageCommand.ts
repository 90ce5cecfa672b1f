import * as vscode from "vscode";
import { askModel, questionLimits } from "../../chat/tasks/askModel.ts";
import {
	commitMessageOf,
	commitMessagePrompt,
	maxDiffLength,
} from "../../chat/tasks/commitMessage.ts";
import { isSecretPath } from "../../context/files/secrets.ts";
import type { ChatModel } from "../../languageModel/languageModel.ts";
import { modelInWords } from "./editsOptions.ts";

/** What is used of the built-in git extension; its API has version 1 since 2017. */
interface GitExtension {
	getAPI(version: 1): GitApi;
}

interface GitApi {
	readonly repositories: readonly Repository[];
	getRepository(uri: vscode.Uri): Repository | null;
}

interface Repository {
	readonly rootUri: vscode.Uri;
	readonly inputBox: { value: string };
	readonly state: {
		readonly HEAD: { readonly commit?: string } | undefined;
		readonly indexChanges: readonly { readonly uri: vscode.Uri }[];
	};
	/** Of what is staged. */
	diff(cached: true): Promise<string>;
	diffIndexWithHEAD(path: string): Promise<string>;
	log(options: { readonly maxEntries: number }): Promise<readonly { readonly message: string }[]>;
}

/** Changes of more files than this are told by their first ones. */
const maxFiles = 100;

const maxSubjects = 8;

/**
 * Writes a commit message for what is staged into the input box of the source control view, and never commits.
 * Resolves with the sentence to show. Rejects with a LanguageModelError.
 */
export async function generateCommitMessage(
	rootUri: vscode.Uri | undefined,
	model: ChatModel | undefined,
	signal: AbortSignal,
): Promise<string> {
	if (model === undefined) {
		return "A commit message needs a chat model; choose one with “Mote: Choose What Answers…”.";
	}
	const repository = await repositoryOf(rootUri);
	if (repository === undefined) {
		return "There is no Git repository open, or the editor's Git support is off.";
	}
	const { changed, secrets, diff } = await stagedDiff(repository);
	if (changed === 0) {
		return "Nothing is staged; stage what the commit is to have.";
	}
	const { text: prompt } = commitMessagePrompt(
		{ diff, secrets, recentSubjects: await recentSubjects(repository) },
		questionLimits(model),
	);
	const before = repository.inputBox.value;
	const { text, end } = await askModel(model, prompt, signal);
	if (signal.aborted || end === "cancelled" || end === "superseded") {
		return "Stopped.";
	}
	const message = commitMessageOf(text);
	if (message === undefined) {
		return end === "length"
			? `${modelInWords(model.description)} had no tokens left for a message when it had thought; stage less at once, or choose another model.`
			: `${modelInWords(model.description)} wrote no message.`;
	}
	if (repository.inputBox.value !== before) {
		return "The message box was changed meanwhile, so the message was not written there.";
	}
	if (before.trim() !== "" && !(await mayReplace())) {
		return "Kept the message that was there.";
	}
	repository.inputBox.value = message;
	return `Commit message by ${modelInWords(model.description)}.`;
}

async function mayReplace(): Promise<boolean> {
	const replace = "Replace";
	const answer = await vscode.window.showWarningMessage(
		"Replace the commit message that is in the box?",
		{ modal: true },
		replace,
	);
	return answer === replace;
}

async function repositoryOf(rootUri: vscode.Uri | undefined): Promise<Repository | undefined> {
	const extension = vscode.extensions.getExtension<GitExtension>("vscode.git");
	if (extension === undefined) {
		return undefined;
	}
	let api: GitApi;
	try {
		api = (await extension.activate()).getAPI(1);
	} catch {
		// The git extension throws when the setting git.enabled is off; the sentence says so.
		return undefined;
	}
	const wanted = rootUri ?? vscode.window.activeTextEditor?.document.uri;
	const owner = wanted === undefined ? null : api.getRepository(wanted);
	return owner ?? api.repositories[0];
}

interface StagedDiff {
	/** Files with staged changes. */
	readonly changed: number;
	/** Of these, files that may hold credentials: their changes aren't even read. */
	readonly secrets: readonly string[];
	readonly diff: string;
}

async function stagedDiff(repository: Repository): Promise<StagedDiff> {
	const { indexChanges, HEAD } = repository.state;
	const paths = indexChanges.map(({ uri }) => uri.fsPath);
	const secrets = paths.filter((file) => isSecretPath(file.replaceAll("\\", "/")));
	if (HEAD?.commit === undefined) {
		// Before the first commit there is nothing to compare single files with.
		return { changed: paths.length, secrets: [], diff: await repository.diff(true) };
	}
	let diff = "";
	for (const file of paths.filter((path) => !secrets.includes(path)).slice(0, maxFiles)) {
		if (diff.length <= maxDiffLength) {
			const part = await repository.diffIndexWithHEAD(file);
			diff += part.endsWith("\n") ? part : `${part}\n`;
		}
	}
	const root = `${repository.rootUri.fsPath}/`;
	return { changed: paths.length, secrets: secrets.map((file) => file.replace(root, "")), diff };
}

async function recentSubjects(repository: Repository): Promise<readonly string[]> {
	if (repository.state.HEAD?.commit === undefined) {
		return [];
	}
	const commits = await repository.log({ maxEntries: maxSubjects });
	return commits.map(({ message }) => message.split("\n", 1)[0] ?? "");
}
