import assert from "node:assert";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import * as vscode from "vscode";
import { AnsweringChatModel, AnsweringInfillModel } from "../support/answeringModels.ts";
import {
	changedLines,
	diffTabs,
	filling,
	nextEnd,
	noProblems,
	openReview,
	problemOf,
	useEdits,
	useReportsOfTypeScript,
	type ScriptedEdits,
} from "./edits.ts";
import { nextOf } from "./events.ts";

const shop = `interface Item {
	readonly price: number;
	readonly quantity: number;
}

export function sumOf(items: readonly Item[]): number {
	let total = 0;
	for (const item of items) {
		total += item.price * item.║quantityy;
	}
	return total;
}
`;

/** What TypeScript says of a property or a name that it takes for a misspelt one. */
const didYouMeanProperty = 2551;
const didYouMeanName = 2552;

/** What it says where an argument is of the wrong type. */
const wrongArgument = 2345;

describe("fixing what the editor reports", () => {
	useReportsOfTypeScript();
	const editsInTest = useEdits("fixed");
	const { files } = editsInTest;
	let scripted: ScriptedEdits;

	beforeEach(() => ({ scripted } = editsInTest));

	const usualTemporary = process.env["TMPDIR"];
	let temporary: string | undefined;

	afterEach(async () => {
		if (temporary !== undefined) {
			await rm(temporary, { recursive: true });
			temporary = undefined;
			if (usualTemporary === undefined) {
				delete process.env["TMPDIR"];
			} else {
				process.env["TMPDIR"] = usualTemporary;
			}
		}
	});

	async function openFile(text: string): Promise<vscode.TextEditor> {
		return files.open(files.newName(".ts"), text);
	}

	/** A file with an error that the editor knows no fix for. */
	async function openWrongArgument(): Promise<vscode.TextDocument> {
		await files.write(
			"depths.ts",
			"export function depthOf(level: number): number {\n\treturn level;\n}\n",
		);
		const { document } = await openFile(
			'import { depthOf } from "./depths";\n\nexport const depth: number = depthOf("║a");\n',
		);
		await problemOf(document, wrongArgument);
		return document;
	}

	async function fix(): Promise<string> {
		const end = nextEnd(scripted.edits);
		await scripted.run("fix");
		return end;
	}

	it("a misspelt property is mended as the editor would, without any model", async () => {
		const { document } = await openFile(shop);
		await problemOf(document, didYouMeanProperty);
		assert.match(
			await fix(),
			/^Fix by the editor: Change spelling to 'quantity': accept or reject/,
		);
		assert.deepStrictEqual(changedLines(openReview(scripted.edits)), [
			"-\t\ttotal += item.price * item.quantityy;",
			"+\t\ttotal += item.price * item.quantity;",
		]);
		await scripted.edits.reviews.decideAll(openReview(scripted.edits).id, true);
		await noProblems(document);
	});

	it("of two problems the one at the cursor is mended, before any model is asked", async () => {
		const text = shop.replace("║", "").replace("return total", "return ║totl");
		const { document } = await openFile(text);
		await problemOf(document, didYouMeanName);
		const infill = new AnsweringInfillModel(() => ({ text: "nonsense" }));
		const chat = new AnsweringChatModel(() => "nonsense");
		scripted.models = { chat, infill };
		assert.match(await fix(), /^Fix by the editor: Change spelling to 'total'/);
		assert.deepStrictEqual(changedLines(openReview(scripted.edits)), [
			"-\treturn totl;",
			"+\treturn total;",
		]);
		assert.deepStrictEqual([infill.requests, chat.requests], [[], []]);
	});

	it("without a quick fix, the nearest name that the language offers is taken", async () => {
		const language = "mote-test-names";
		const reports = vscode.languages.createDiagnosticCollection("test");
		const names = vscode.languages.registerCompletionItemProvider(
			{ pattern: "**/named*.txt" },
			{
				provideCompletionItems: () =>
					["titel", "count", "counter"].map(
						(name) => new vscode.CompletionItem(name, vscode.CompletionItemKind.Variable),
					),
			},
		);
		const { document } = await files.open("named.txt", "║cuont + 1\n");
		reports.set(document.uri, [
			new vscode.Diagnostic(new vscode.Range(0, 0, 0, 5), `unknown name cuont (${language})`),
		]);
		try {
			assert.match(await fix(), /^Fix: count instead of cuont: accept or reject/);
			assert.deepStrictEqual(changedLines(openReview(scripted.edits)), [
				"-cuont + 1",
				"+count + 1",
			]);
		} finally {
			names.dispose();
			reports.dispose();
		}
	});

	it("a quick fix that only silences the reporter is none", async () => {
		const reports = vscode.languages.createDiagnosticCollection("test");
		const { document } = await files.open("silenced.txt", "║bad\n");
		const problem = new vscode.Diagnostic(new vscode.Range(0, 0, 0, 3), "this is bad");
		reports.set(document.uri, [problem]);
		const actions = vscode.languages.registerCodeActionsProvider(
			{ pattern: "**/silenced.txt" },
			{
				provideCodeActions: () => {
					const action = new vscode.CodeAction("Disable it", vscode.CodeActionKind.QuickFix);
					action.edit = new vscode.WorkspaceEdit();
					action.edit.insert(
						document.uri,
						new vscode.Position(0, 0),
						"// eslint-disable-next-line\n",
					);
					action.diagnostics = [problem];
					action.isPreferred = true;
					return [action];
				},
			},
		);
		try {
			assert.match(await fix(), /^There is no model yet/);
			assert.deepStrictEqual(scripted.edits.reviews.views, []);
		} finally {
			actions.dispose();
			reports.dispose();
		}
	});

	it("what a model writes is tried where nobody sees it", async () => {
		const document = await openWrongArgument();
		const original = document.getText();
		// Whoever else tries something on this machine meanwhile has another folder.
		temporary = await mkdtemp(path.join(tmpdir(), "mote-host-test-"));
		process.env["TMPDIR"] = temporary;
		const tried = nextOf(vscode.workspace.onDidOpenTextDocument);
		const seen: string[] = [];
		const watch = vscode.Disposable.from(
			vscode.workspace.onDidChangeTextDocument((change) => {
				if (change.contentChanges.length > 0) {
					seen.push(`change of ${change.document.uri.path}`);
				}
			}),
			vscode.window.onDidChangeActiveTextEditor(() => seen.push("another editor")),
			vscode.window.onDidChangeTextEditorSelection(() => seen.push("another selection")),
			vscode.window.tabGroups.onDidChangeTabs(({ opened: tabs }) =>
				seen.push(...tabs.map(({ label }) => `tab ${label}`)),
			),
		);
		const { version } = document;
		// The likeliest leaves the error as it is, the next one makes another.
		scripted.models = {
			chat: undefined,
			infill: new AnsweringInfillModel(filling('"b"', "true", "7")),
		};
		// The diff is the first thing that anybody sees of it.
		const proposed = scripted.edits.reviews.onDidChange(() => {
			watch.dispose();
		});
		assert.match(
			await fix(),
			/^Fix by Scripted \(on this machine\), checked: the problem goes away/,
		);
		proposed.dispose();
		assert.deepStrictEqual(seen, []);
		assert.deepStrictEqual([document.version, document.isDirty], [version, false]);
		assert.deepStrictEqual(changedLines(openReview(scripted.edits)), [
			'-export const depth: number = depthOf("a");',
			"+export const depth: number = depthOf(7);",
		]);
		assert((await tried).uri.fsPath.startsWith(path.join(temporary, "mote-trial-")));
		const left = (await readdir(temporary)).filter((name) => name.startsWith("mote-trial-"));
		assert.deepStrictEqual(left, []);
		await scripted.edits.reviews.decideAll(openReview(scripted.edits).id, true);
		await noProblems(document);
		await vscode.commands.executeCommand("undo");
		assert.deepStrictEqual([document.getText(), document.isDirty], [original, false]);
	});

	it("whoever has gone to another file keeps it in front, and finds the proposal", async () => {
		await openWrongArgument();
		let elsewhere: Promise<vscode.TextEditor> | undefined;
		const fill = filling("7");
		const infill = new AnsweringInfillModel(async (request) => {
			elsewhere ??= files.open("elsewhere.ts", "const a = 1;\n║\n");
			await elsewhere;
			return fill(request);
		});
		scripted.models = { chat: undefined, infill };
		assert.match(await fix(), /^Fix by Scripted .*: ready to be looked at\.$/);
		const { document } = (await elsewhere) ?? assert.fail("the model wasn't asked");
		assert.strictEqual(vscode.window.activeTextEditor?.document, document);
		assert.strictEqual(diffTabs(), 0);
		await scripted.run("showReview");
		assert.strictEqual(diffTabs(), 1);
	});
});
