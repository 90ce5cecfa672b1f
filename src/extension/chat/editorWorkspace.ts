import * as vscode from "vscode";
import type { Clock } from "../../base/clock.ts";
import type {
	ActiveDocument,
	ChatWorkspace,
	FileOutcome,
	Problem,
	RelatedCodeQuery,
	WorkspaceSymbol,
} from "../../chat/chatWorkspace.ts";
import { languageIdOfPath } from "../../context/files/languageIds.ts";
import { isSecretPath } from "../../context/files/secrets.ts";
import type { Explained, ExplainQuery } from "../../context/explanation/explanation.ts";
import type { ContextPiece, LineRange } from "../../context/piece.ts";
import type { Repository } from "../../context/repository/repositorySet.ts";
import type { StructureService } from "../../context/syntax/structure.ts";
import { editorProblems, positionOf } from "./editorProblems.ts";
import type { LastEditor } from "./lastEditor.ts";
import { readWorkspaceFile } from "./readWorkspaceFile.ts";
import { relatedToQuestion, type QuestionPlace } from "./relatedToQuestion.ts";
import { WorkspaceFiles } from "./workspaceFiles.ts";
import { displayPath, pathInWorkspace, placeInWorkspace } from "../workspacePaths.ts";
import { workspaceSymbols } from "./workspaceSymbols.ts";

export interface EditorWorkspaceOptions {
	readonly lastEditor: LastEditor;
	/** Undefined while there is none: no folder, or the model isn't open yet. */
	readonly repository: () => Repository | undefined;
	readonly structure: () => StructureService | undefined;
	readonly clock: Clock;
}

/** Longest document that is parsed for the definition around a line, in UTF-16 units. */
const maxParsedLength = 1_000_000;

/** What a conversation asks about the workspace, answered by the editor. */
export class EditorWorkspace implements ChatWorkspace {
	private readonly files: WorkspaceFiles;

	constructor(private readonly options: EditorWorkspaceOptions) {
		this.files = new WorkspaceFiles(options.clock);
	}

	activeDocument(): ActiveDocument | undefined {
		const { editor } = this.options.lastEditor;
		if (editor === undefined) {
			return undefined;
		}
		const { document, selection } = editor;
		return {
			path: displayPath(document.uri),
			isSecret: isSecretPath(document.uri.path),
			languageId: document.languageId,
			text: plainText(document),
			selection: { start: positionOf(selection.start), end: positionOf(selection.end) },
		};
	}

	openPaths(): readonly string[] {
		return this.options.lastEditor.openUris().flatMap((uri) => pathInWorkspace(uri) ?? []);
	}

	problems(path?: string): readonly Problem[] {
		return editorProblems(path);
	}

	async findFiles(query: string, limit: number, signal: AbortSignal): Promise<readonly string[]> {
		if (query === "") {
			const open = this.openPaths();
			const others = await this.files.find("", limit, signal);
			return [...new Set([...open, ...others])].slice(0, limit);
		}
		return this.files.find(query, limit, signal);
	}

	async readFile(path: string, maxLength: number): Promise<FileOutcome> {
		const place = placeInWorkspace(path);
		if (place === undefined) {
			return { kind: "refused", reason: "notFound" };
		}
		const read = await readWorkspaceFile(place, maxLength);
		switch (read.kind) {
			case "missing":
				return { kind: "refused", reason: "notFound" };
			case "unreadable":
			case "secret":
				return { kind: "refused", reason: read.kind };
			case "text":
				return {
					...read,
					path: pathInWorkspace(place.uri) ?? path,
					languageId: languageIdOfPath(path),
				};
		}
	}

	findSymbols(
		query: string,
		limit: number,
		signal: AbortSignal,
	): Promise<readonly WorkspaceSymbol[]> {
		return workspaceSymbols(query, limit, signal);
	}

	async definitionAround(
		path: string,
		line: number,
		signal: AbortSignal,
	): Promise<LineRange | undefined> {
		const structure = this.options.structure();
		const file = await this.textOf(path);
		if (structure === undefined || file === undefined) {
			return undefined;
		}
		const starts = lineStarts(file.text);
		const offset = starts[line];
		if (offset === undefined) {
			return undefined;
		}
		// The line's first word: its indentation belongs to what is around it.
		const word = offset + (/^[^\S\n]*/.exec(file.text.slice(offset))?.[0].length ?? 0);
		const found = await structure.structureAt({ ...file, start: word, end: word }, signal);
		return (
			found?.declaration && {
				startLine: lineAt(starts, found.declaration.start),
				endLine: lineAt(starts, Math.max(found.declaration.start, found.declaration.end - 1)),
			}
		);
	}

	async explain(query: ExplainQuery, signal: AbortSignal): Promise<Explained | undefined> {
		return this.options.repository()?.explain(query, signal);
	}

	async relatedCode(
		{ question, place, budgetTokens }: RelatedCodeQuery,
		signal: AbortSignal,
	): Promise<readonly ContextPiece[]> {
		const repository = this.options.repository();
		if (repository === undefined) {
			return [];
		}
		const at = place && (await this.placeOf(place.path, place.position.line));
		const query = relatedToQuestion(question, at, budgetTokens, this.openPaths());
		return (await repository.collect(query, signal))?.pieces ?? [];
	}

	private async placeOf(path: string, line: number): Promise<QuestionPlace | undefined> {
		const file = await this.textOf(path);
		const offset = file && lineStarts(file.text)[line];
		return file === undefined || offset === undefined ? undefined : { path, ...file, offset };
	}

	/** The document at hand, which may not be saved anywhere, or a file. */
	private async textOf(
		path: string,
	): Promise<{ readonly languageId: string; readonly text: string } | undefined> {
		const document = this.options.lastEditor.editor?.document;
		if (document !== undefined && displayPath(document.uri) === path) {
			return { languageId: document.languageId, text: plainText(document) };
		}
		const file = await this.readFile(path, maxParsedLength);
		return file.kind === "text" && !file.isCut ? file : undefined;
	}
}

function plainText(document: vscode.TextDocument): string {
	const text = document.getText();
	return document.eol === vscode.EndOfLine.CRLF ? text.replaceAll("\r\n", "\n") : text;
}

/** Where each line begins. */
function lineStarts(text: string): number[] {
	const starts = [0];
	for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
		starts.push(at + 1);
	}
	return starts;
}

function lineAt(starts: readonly number[], offset: number): number {
	const after = starts.findIndex((start) => start > offset);
	return (after < 0 ? starts.length : after) - 1;
}
