import assert from "node:assert";
import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { after, before, describe, it } from "mocha";
import * as vscode from "vscode";
import { AnsweringChatModel } from "../support/answeringModels.ts";
import { nextEnd, useEdits, workspaceFile } from "./edits.ts";
import { holdsOnce } from "./events.ts";
import { showContext, textMatching } from "./inspector.ts";
import { maxAsked, nextOutcome, readyMote, setSetting, settled } from "./mote.ts";

const run = promisify(execFile);

interface Repository {
	readonly inputBox: { value: string };
	readonly state: {
		readonly indexChanges: readonly unknown[];
		readonly HEAD?: { commit?: string };
	};
	status(): Promise<void>;
}

interface Git {
	readonly enabled: boolean;
	readonly onDidChangeEnablement: vscode.Event<boolean>;
	getAPI(version: 1): GitApi;
}

interface GitApi {
	openRepository(root: vscode.Uri): Promise<Repository | null>;
}

describe("a commit message from what is staged", () => {
	const editsInTest = useEdits("committed");
	let repository: Repository;
	const folder = workspaceFile("committed");

	const git = async (...parameters: string[]): Promise<void> => {
		await run("git", ["-c", "user.name=T", "-c", "user.email=t@example.org", ...parameters], {
			cwd: folder.fsPath,
		});
	};

	before(async () => {
		await mkdir(folder.fsPath, { recursive: true });
		await writeFile(path.join(folder.fsPath, "a.ts"), "one\n");
		await git("init", "--initial-branch=main");
		await git("add", "a.ts");
		await git("commit", "--message", "Begin with one");
		await writeFile(path.join(folder.fsPath, "a.ts"), "two\n");
		await writeFile(path.join(folder.fsPath, ".env"), "TOKEN=secret-value\n");
		await git("add", "--force", "a.ts", ".env");
		await vscode.workspace
			.getConfiguration("git")
			.update("enabled", true, vscode.ConfigurationTarget.Global);
		const opened = await (await enabledGit()).getAPI(1).openRepository(folder);
		assert(opened !== null, "the editor doesn't open the repository");
		repository = opened;
		await repository.status();
	});

	after(async () => {
		await vscode.workspace
			.getConfiguration("git")
			.update("enabled", undefined, vscode.ConfigurationTarget.Global);
		await rm(folder.fsPath, { recursive: true, force: true });
	});

	it("is written into the box, knows no secrets, and commits nothing", async () => {
		const { scripted } = editsInTest;
		const chat = new AnsweringChatModel(() => "```\nCount to two\n```");
		scripted.models = { chat, infill: undefined };
		const head = repository.state.HEAD?.commit;
		const end = nextEnd(scripted.edits);
		await scripted.run("generateCommitMessage", { rootUri: folder });
		assert.strictEqual(await end, "Commit message by Scripted (on this machine).");
		assert.strictEqual(repository.inputBox.value, "Count to two");
		const question = chat.requests[0]?.messages.at(-1)?.content ?? "";
		assert.match(question, /-one\n\+two/);
		assert.match(question, /- Begin with one\n/);
		assert.match(question, /Not shown: \.env, which may hold credentials/);
		assert.doesNotMatch(question, /secret-value/);
		await repository.status();
		assert.strictEqual(repository.state.HEAD?.commit, head);
		assert.strictEqual(repository.state.indexChanges.length, 2);
	});

	it("is completed in the box, as the file that git calls it, where that is wanted", async () => {
		const mote = await readyMote();
		repository.inputBox.value = "";
		await typeIntoBox("Count to two\n\n");
		try {
			const quiet = nextOutcome(mote);
			await vscode.commands.executeCommand("mote.trigger");
			assert.deepStrictEqual(await quiet, { kind: "none", reason: "disabled" });
			await setSetting("enabledLanguages", { scminput: true });
			const asked = nextOutcome(mote);
			await typeIntoBox("It ");
			await asked;
			await textMatching(await showContext(), /^# COMMIT_EDITMSG: [^]*^\| Count to two$/m);
		} finally {
			await setSetting("enabledLanguages", undefined);
			// The prompt stands in a group of its own, and the focus is in none.
			await vscode.commands.executeCommand("workbench.action.closeAllEditors");
		}
	});

	/** The box is there a while after its view. */
	async function typeIntoBox(text: string): Promise<void> {
		const { inputBox } = repository;
		const before = inputBox.value;
		for (let asked = 0; inputBox.value === before; asked++) {
			assert(asked < maxAsked, "the box doesn't take the focus");
			await vscode.commands.executeCommand("workbench.view.scm");
			await vscode.commands.executeCommand("workbench.scm.action.focusNextInput");
			await vscode.commands.executeCommand("type", { text });
			await settled();
		}
	}

	it("needs a chat model", async () => {
		const { scripted } = editsInTest;
		const end = nextEnd(scripted.edits);
		await scripted.run("generateCommitMessage", { rootUri: folder });
		assert.match(await end, /^A commit message needs a chat model/);
	});
});

/** The editor's Git support, which takes a moment to come on. */
async function enabledGit(): Promise<Git> {
	const git = await vscode.extensions.getExtension<Git>("vscode.git")?.activate();
	assert(git !== undefined, "the editor has no Git support");
	await holdsOnce(git.onDidChangeEnablement, () => git.enabled);
	return git;
}
