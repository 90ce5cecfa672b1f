import * as vscode from "vscode";
import { isOnScreen, type ShownEdits, type VisibleLines } from "./chosenEdits.ts";
import { lineEnd, pictureOf, type EditPicture } from "./editPicture.ts";
import type { FoundEdit } from "./searchProtocol.ts";

/** An arrow in the margin. */
function gutterIcon(colour: string): vscode.Uri {
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16"><path d="M4 8h6M7.5 5 10.5 8 7.5 11" fill="none" stroke="${colour}" stroke-width="1.5"/></svg>`;
	return vscode.Uri.parse(`data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`);
}

interface MarkTypes {
	/** Every line that would change: in the margin, and beside the scroll bar. */
	readonly mark: vscode.TextEditorDecorationType;
	readonly struck: vscode.TextEditorDecorationType;
	readonly ghost: vscode.TextEditorDecorationType;
	/** Beside the cursor, where the edit isn't on the screen; and behind the edit, where it is. */
	readonly hint: vscode.TextEditorDecorationType;
}

/** Made when there is something to draw for the first time. */
function markTypes(): MarkTypes {
	const create = vscode.window.createTextEditorDecorationType;
	const { ClosedClosed } = vscode.DecorationRangeBehavior;
	return {
		mark: create({
			light: { gutterIconPath: gutterIcon("#616161") },
			dark: { gutterIconPath: gutterIcon("#a0a0a0") },
			gutterIconSize: "contain",
			overviewRulerColor: new vscode.ThemeColor("editorOverviewRuler.modifiedForeground"),
			overviewRulerLane: vscode.OverviewRulerLane.Center,
			rangeBehavior: ClosedClosed,
		}),
		struck: create({
			textDecoration: "line-through",
			backgroundColor: new vscode.ThemeColor("diffEditor.removedTextBackground"),
			rangeBehavior: ClosedClosed,
		}),
		ghost: create({ rangeBehavior: ClosedClosed }),
		hint: create({ rangeBehavior: ClosedClosed }),
	};
}

const ghostColour = new vscode.ThemeColor("editorGhostText.foreground");

interface Hint {
	readonly hintLine: number;
	readonly text: string;
}

interface Drawn extends Hint {
	readonly editor: vscode.TextEditor;
	readonly current: FoundEdit;
	readonly others: number;
}

function isSame(a: Drawn, b: Drawn): boolean {
	return (
		a.editor === b.editor &&
		a.current === b.current &&
		a.others === b.others &&
		a.hintLine === b.hintLine &&
		a.text === b.text
	);
}

/** What else there is of the same kind, as a command that a hover may run. */
const allCommand = "mote.acceptAllNextEdits";

/** Draws next edits with decorations: nothing of the document is touched. */
export class NextEditMarks implements vscode.Disposable {
	private types: MarkTypes | undefined;
	private drawn: Drawn | undefined;

	/**
	 * Draws what is shown in an editor, in place of what was drawn before, and whether Tab is about it now. The editor moves what is drawn
	 * with the text.
	 */
	draw(editor: vscode.TextEditor | undefined, shown: ShownEdits | undefined, isTab: boolean): void {
		const picture = editor && shown && pictureOf(shown.current.edit, editor.document.lineCount);
		if (this.drawn !== undefined && (this.drawn.editor !== editor || picture === undefined)) {
			this.clear(this.drawn.editor);
			this.drawn = undefined;
		}
		if (editor === undefined || shown === undefined || picture === undefined) {
			return;
		}
		const hinted = hintAt(editor, shown, picture, isTab);
		const next = { editor, current: shown.current, others: shown.others.length, ...hinted };
		const isDrawn = this.drawn !== undefined && isSame(this.drawn, next);
		if (isDrawn) {
			return;
		}
		this.drawn = next;
		this.types ??= markTypes();
		const { mark, struck, ghost, hint } = this.types;
		const hover = hoverOf(shown);
		const pictures = [
			picture,
			...shown.others.flatMap(({ edit }) => pictureOf(edit, editor.document.lineCount) ?? []),
		];
		editor.setDecorations(
			mark,
			pictures.map((one) => lineRange(editor, one)),
		);
		editor.setDecorations(
			struck,
			picture.struck.map(({ line, start, end }) => ({
				range: new vscode.Range(line, start, line, end),
				hoverMessage: hover,
			})),
		);
		editor.setDecorations(
			ghost,
			picture.ghosts.flatMap(({ line, column, drawn }) =>
				drawn === ""
					? []
					: [
							{
								range: emptyRange(editor, line, column),
								hoverMessage: hover,
								renderOptions: ghostOptions(drawn),
							},
						],
			),
		);
		editor.setDecorations(hint, [hintOptions(editor, hinted)]);
	}

	dispose(): void {
		for (const type of this.made) {
			type.dispose();
		}
	}

	private get made(): readonly vscode.TextEditorDecorationType[] {
		return this.types === undefined
			? []
			: Object.values<vscode.TextEditorDecorationType>({ ...this.types });
	}

	private clear(editor: vscode.TextEditor): void {
		for (const type of this.made) {
			editor.setDecorations(type, []);
		}
	}
}

function lineRange(editor: vscode.TextEditor, { start, end }: EditPicture): vscode.Range {
	return editor.document.validateRange(new vscode.Range(start, 0, end - 1, 0));
}

function emptyRange(editor: vscode.TextEditor, line: number, column: number): vscode.Range {
	const position = editor.document.validatePosition(new vscode.Position(line, column));
	return new vscode.Range(position, position);
}

function ghostOptions(contentText: string): vscode.DecorationInstanceRenderOptions {
	return {
		after: {
			contentText,
			color: ghostColour,
			backgroundColor: new vscode.ThemeColor("diffEditor.insertedTextBackground"),
			fontStyle: "italic",
		},
	};
}

/** Said behind the edit where it is on the screen, else beside the cursor. */
function hintAt(
	editor: vscode.TextEditor,
	{ current, others }: ShownEdits,
	picture: EditPicture,
	isTab: boolean,
): Hint {
	const more = others.length === 0 ? "" : ` and ${others.length} more`;
	const what = isTab ? "⇥ Tab" : "next edit";
	return isOnScreen(current.edit, visibleLines(editor))
		? { hintLine: picture.end - 1, text: `${what}${more}` }
		: {
				hintLine: editor.selection.active.line,
				text: `${what}: line ${current.edit.line + 1}${more}`,
			};
}

function hintOptions(
	editor: vscode.TextEditor,
	{ hintLine, text }: Hint,
): vscode.DecorationOptions {
	return {
		range: emptyRange(editor, hintLine, lineEnd),
		renderOptions: {
			after: {
				contentText: text.replaceAll(" ", "\u00a0"),
				color: ghostColour,
				margin: "0 0 0 2em",
			},
		},
	};
}

/** Lines that an editor shows now. */
export function visibleLines({ visibleRanges }: vscode.TextEditor): readonly VisibleLines[] {
	return visibleRanges.map(({ start, end }) => ({ from: start.line, to: end.line }));
}

/** The whole diff, of the file's text; what can be done about it, of ours. */
function hoverOf({ current, others }: ShownEdits): vscode.MarkdownString[] {
	const diff = new vscode.MarkdownString();
	diff.appendCodeblock(diffText(current), "diff");
	const help = new vscode.MarkdownString("Tab accepts it, Escape dismisses it.");
	if (others.length > 0) {
		help.isTrusted = { enabledCommands: [allCommand] };
		help.appendMarkdown(` [Look at all ${others.length + 1}](command:${allCommand})`);
	}
	return [diff, help];
}

function diffText({ edit: { old, next } }: FoundEdit): string {
	return [...old.map((line) => `-${line}`), ...next.map((line) => `+${line}`)].join("\n");
}
