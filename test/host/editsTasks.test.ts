import assert from "node:assert";
import path from "node:path";
import { beforeEach, describe, it } from "mocha";
import * as vscode from "vscode";
import { AnsweringChatModel, AnsweringInfillModel } from "../support/answeringModels.ts";
import {
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

const broken = `import { depthOf } from "./depths";

export function twice(count: number): number {
	const depth: number = depthOf("║a");
	return depth * count;
}
`;

const depths = `export function depthOf(level: number): number {\n\treturn level;\n}\n`;

/** What TypeScript says where an argument is of the wrong type. */
const wrongArgument = 2345;

describe("commands on code in the extension host", () => {
	useReportsOfTypeScript();
	const editsInTest = useEdits("broken");
	const { files } = editsInTest;
	let scripted: ScriptedEdits;

	beforeEach(() => ({ scripted } = editsInTest));

	async function openBroken(): Promise<vscode.TextDocument> {
		await files.write("depths.ts", depths);
		const { document } = await files.open(files.newName(".ts"), broken);
		await problemOf(document, wrongArgument);
		return document;
	}

	/** Runs Mote's action for the error, as the lightbulb does. */
	async function chooseFix(document: vscode.TextDocument): Promise<string> {
		const problem = await problemOf(document, wrongArgument);
		const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
			"vscode.executeCodeActionProvider",
			document.uri,
			problem.range,
			vscode.CodeActionKind.QuickFix.value,
		);
		const action = actions.find(({ command }) => command?.command.startsWith("moteTest."));
		assert(action?.command !== undefined, `none of ${actions.map(({ title }) => title).join()}`);
		assert.match(action.title, /^Fix with Mote: Argument of type 'string'/);
		const end = nextEnd(scripted.edits);
		await vscode.commands.executeCommand(
			action.command.command,
			...((action.command.arguments ?? []) as unknown[]),
		);
		return end;
	}

	it("a fix of a TypeScript error by a chat model is proposed, accepted and undone", async () => {
		const document = await openBroken();
		const original = document.getText();
		const chat = new AnsweringChatModel(
			() =>
				"Like this:\n```ts\nexport function twice(count: number): number {\n\tconst depth: number = depthOf(1);\n\treturn depth * count;\n}\n```\nIt takes a number.",
		);
		scripted.models = { chat, infill: undefined };
		assert.match(
			await chooseFix(document),
			/^Fix by Scripted \(on this machine\): accept or reject it in the diff\.$/,
		);
		const question = chat.requests[0]?.messages.at(-1)?.content ?? "";
		assert.match(question, /- line 4: error ts 2345: Argument of type 'string'/);
		assert.match(question, /from depths\.ts:\n```\nexport function depthOf\(level: number\)/);
		assert.strictEqual(document.getText(), original);
		await scripted.edits.reviews.decideAll(openReview(scripted.edits).id, true);
		await noProblems(document);
		assert.strictEqual(document.getText(), original.replace('"a"', "1"));
		await vscode.commands.executeCommand("undo");
		assert.deepStrictEqual([document.getText(), document.isDirty], [original, false]);
	});

	for (const [what, answer] of [
		["another file", "```ts ../../depths.ts\nexport const hacked = 1;\n```"],
		[
			"another file by a diff",
			"```diff\n--- a/depths.ts\n+++ b/depths.ts\n-\treturn level;\n+\treturn 1;\n```",
		],
		[
			"an import above it",
			'```diff\n-import { depthOf } from "./depths";\n+import { depthOf } from "./evil";\n```',
		],
	] as const) {
		it(`an answer that would change ${what} is refused`, async () => {
			const document = await openBroken();
			const original = document.getText();
			scripted.models = { chat: new AnsweringChatModel(() => answer), infill: undefined };
			const end = await chooseFix(document);
			assert.match(end, /another file|outside the lines/);
			assert.deepStrictEqual(scripted.edits.reviews.views, []);
			assert.strictEqual(document.getText(), original);
		});
	}

	it("what is typed while the model writes stays, and the proposal waits beside it", async () => {
		const document = await openBroken();
		const original = document.getText();
		const edit = new vscode.WorkspaceEdit();
		edit.insert(document.uri, new vscode.Position(document.lineCount - 1, 0), "// typed\n");
		let typed: Thenable<boolean> | undefined;
		const fill = filling("7");
		const infill = new AnsweringInfillModel(async (request) => {
			typed ??= vscode.workspace.applyEdit(edit);
			await typed;
			return fill(request);
		});
		scripted.models = { chat: undefined, infill };
		assert.match(await chooseFix(document), /: ready to be looked at\.$/);
		assert.strictEqual(await typed, true);
		assert.strictEqual(document.getText(), `${original}// typed\n`);
		assert.strictEqual(diffTabs(), 0);
		await scripted.edits.reviews.decideAll(openReview(scripted.edits).id, true);
		assert.strictEqual(document.getText(), `${original.replace('"a"', "7")}// typed\n`);
	});

	it("what is typed where a fix would go is left alone", async () => {
		const document = await openBroken();
		const edit = new vscode.WorkspaceEdit();
		const { range } = await problemOf(document, wrongArgument);
		edit.replace(document.uri, range, '"other"');
		const fill = filling("7");
		let typed: Thenable<boolean> | undefined;
		const infill = new AnsweringInfillModel(async (request) => {
			typed ??= vscode.workspace.applyEdit(edit);
			await typed;
			return fill(request);
		});
		scripted.models = { chat: undefined, infill };
		assert.match(await chooseFix(document), /^broken\d+\.ts has changed meanwhile/);
		assert.strictEqual(await typed, true);
		assert.deepStrictEqual(scripted.edits.reviews.views, []);
	});

	it("without a chat model explain shows what the index knows, with links to the right lines, and asks no model", async () => {
		const document = await openBroken();
		const original = document.getText();
		const model = new AnsweringInfillModel(() => ({ text: "Doubles the depth of a." }));
		scripted.models = { chat: undefined, infill: model };
		const end = nextEnd(scripted.edits);
		await scripted.run("explain");
		assert.strictEqual(await end, "Explained from the index, without a model.");
		assert.deepStrictEqual([model.requests, scripted.edits.reviews.views], [[], []]);
		assert.strictEqual(document.getText(), original);
		const shown = vscode.window.activeTextEditor?.document.getText() ?? "";
		assert.match(shown, /^# From the index, no model\n/);
		const [, href = ""] =
			/^- `export function depthOf\(level: number\): number`, \[.*\]\((.*)\)$/m.exec(shown) ?? [
				shown,
			];
		const uri = vscode.Uri.parse(href, true);
		assert.strictEqual(uri.fragment, "L1");
		const opened = await vscode.workspace.openTextDocument(uri.with({ fragment: "" }));
		assert.match(opened.lineAt(0).text, /depthOf/);
	});

	for (const [command, what] of [
		["generateTests", "write tests"],
		["refactor", "refactor"],
	] as const) {
		it(`without a chat model ${command} says what it needs, and asks for nothing`, async () => {
			await openBroken();
			scripted.models = { chat: undefined, infill: new AnsweringInfillModel(filling()) };
			const end = nextEnd(scripted.edits);
			const ran = scripted.run(command);
			assert.match(await end, new RegExp(`only fills in code; to ${what}, choose a chat model`));
			await ran;
		});
	}

	for (const command of ["document", "explain", "generateTests", "refactor", "fix"]) {
		it(`${command} on an empty line says that there is nothing`, async () => {
			await files.open("empty.ts", "const a = 1;\n║\nconst b = 2;\n");
			const chat = new AnsweringChatModel(() => "```ts\n// words\n```");
			scripted.models = { chat, infill: undefined };
			const end = nextEnd(scripted.edits);
			const ran = scripted.run(command);
			assert.match(await end, /^There is no code at the cursor to /);
			await ran;
			assert.deepStrictEqual([chat.requests, scripted.edits.reviews.views], [[], []]);
		});
	}

	it("with a chat model explain shows the answer, and tests become a new file", async () => {
		const document = await openBroken();
		const chat = new AnsweringChatModel((question) =>
			question.startsWith("Explain") ? "It **doubles**." : "```ts\ntest();\n```\nAll covered.",
		);
		scripted.models = { chat, infill: undefined };
		const explained = nextEnd(scripted.edits);
		await scripted.run("explain");
		assert.strictEqual(await explained, "Explained by Scripted (on this machine).");
		assert.match(vscode.window.activeTextEditor?.document.getText() ?? "", /It \*\*doubles\*\*\./);
		await vscode.window.showTextDocument(document);
		const written = nextEnd(scripted.edits);
		await scripted.run("generateTests");
		assert.match(await written, /^Tests by Scripted/);
		const review = openReview(scripted.edits);
		assert.strictEqual(review.path, path.basename(document.uri.path).replace(/ts$/, "test.ts"));
		const file = files.made(review.path);
		await scripted.edits.reviews.decideAll(review.id, true);
		const made = await vscode.workspace.openTextDocument(file);
		assert.strictEqual(made.getText(), "test();\n");
	});

	it("no model at all is one sentence", async () => {
		await openBroken();
		const end = nextEnd(scripted.edits);
		await scripted.run("fix");
		assert.match(await end, /^There is no model yet/);
	});
});
