import path from "node:path";
import * as vscode from "vscode";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import { encodingOf, utf8, type FileEncodings } from "../context/files/encodings.ts";
import { literalGlob } from "../context/files/literalGlob.ts";
import {
	RepositoryClient,
	startRepositoryWorker,
	type RepositoryProgress,
} from "../context/repository/repositoryClient.ts";
import { encodingsOf } from "./editorEncodings.ts";
import { foldersOnDisk } from "./workspacePaths.ts";

export interface FollowedFolderOptions {
	/** Where the extension is installed. */
	readonly extensionFolder: string;
	readonly folder: vscode.WorkspaceFolder;
	/** Of this folder alone, for its index. */
	readonly storageFolder: string;
	/** Of the model that reads the context. */
	readonly tokenizerPath: string;
	readonly clock: Clock;
	readonly logger: Logger;
	readonly onProgress: (progress: RepositoryProgress) => void;
	/** The thread has ended by itself: nothing more is read here. */
	readonly onGone: (problem: string) => void;
	/** These files were changed, created or deleted; or folders, with all that was in them. */
	readonly onDidChange: (paths: readonly string[]) => void;
}

/** Keystrokes in a document that isn't saved are read when they pause for so long. */
const editPauseMs = 700;

/** Reads a workspace folder in a thread of its own, and follows its changes. Paths are relative to the folder. */
export class FollowedFolder {
	readonly client: RepositoryClient;
	private readonly listeners: vscode.Disposable;
	private readonly ended = new AbortController();
	/** Changed since they were read. */
	private readonly edited = new Map<string, vscode.TextDocument>();
	/** Indexed as they stand in the editor, and not as on disk. */
	private readonly unsaved = new Set<string>();
	/** What was told while the first scan ran: it may have read those files before. */
	private readonly missed = new Map<string, "changed" | "deleted">();
	/** How files are read that no document is open of. */
	private readonly encodings: FileEncodings;
	private pause = new AbortController();
	private isScanned = false;

	constructor(private readonly options: FollowedFolderOptions) {
		this.encodings = encodingsOf(options.folder);
		const inDist = (name: string): string => path.join(options.extensionFolder, "dist", name);
		this.client = new RepositoryClient({
			worker: startRepositoryWorker(inDist("repositoryWorker.js"), {
				root: options.folder.uri.fsPath,
				storageFolder: options.storageFolder,
				runtime: inDist("grammars/web-tree-sitter.wasm"),
				grammarFolder: inDist("grammars"),
				queryFolder: path.join(options.extensionFolder, "syntaxes"),
				tagProcess: inDist("tagProcess.js"),
				tokenizerPath: options.tokenizerPath,
				exclude: [...excludedGlobs(options.folder), ...foldersWithin(options.folder)],
				encodings: this.encodings,
			}),
			logger: options.logger,
			onProgress: options.onProgress,
			onGone: options.onGone,
		});
		this.listeners = this.listen();
	}

	/** Brings the index up to date with the folder. */
	async scan(): Promise<void> {
		await this.client.scan(this.ended.signal);
		this.isScanned = true;
		for (const [file, what] of this.missed) {
			await (what === "changed" ? this.reread(file, undefined) : this.forget(file));
		}
		this.missed.clear();
		for (const document of vscode.workspace.textDocuments) {
			await this.readIfOtherwiseEncoded(document);
		}
		void this.rereadAfterPause();
	}

	/** Resolves when the thread is gone: two must not write the same index. */
	async dispose(): Promise<void> {
		this.ended.abort();
		this.pause.abort();
		this.listeners.dispose();
		await this.client.dispose();
	}

	private listen(): vscode.Disposable {
		const watcher = vscode.workspace.createFileSystemWatcher(
			new vscode.RelativePattern(this.options.folder, "**/*"),
		);
		const onDisk = (uri: vscode.Uri): void => {
			const file = this.pathOf(uri);
			if (file !== undefined && !this.edited.has(file)) {
				const open = vscode.workspace.textDocuments.find(
					(document) => document.uri.toString() === uri.toString(),
				);
				void this.reread(file, open && this.textToIndex(file, open));
			}
		};
		return vscode.Disposable.from(
			watcher,
			watcher.onDidCreate(onDisk),
			watcher.onDidChange(onDisk),
			watcher.onDidDelete((uri) => {
				const file = this.pathOf(uri);
				if (file !== undefined) {
					void this.forget(file);
				}
			}),
			vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
				const file = this.pathOf(document.uri);
				if (file !== undefined && contentChanges.length > 0) {
					this.edited.set(file, document);
					void this.rereadAfterPause();
				}
			}),
			vscode.workspace.onDidOpenTextDocument((document) => {
				if (this.isScanned) {
					void this.readIfOtherwiseEncoded(document);
				}
			}),
			vscode.workspace.onDidCloseTextDocument(({ uri }) => {
				// What was never saved is gone.
				const file = this.pathOf(uri);
				if (file !== undefined && this.unsaved.has(file)) {
					this.edited.delete(file);
					void this.reread(file, undefined);
				}
			}),
		);
	}

	private async rereadAfterPause(): Promise<void> {
		this.pause.abort();
		const pause = new AbortController();
		this.pause = pause;
		await this.options.clock.sleep(editPauseMs, pause.signal);
		if (pause.signal.aborted || !this.isScanned) {
			return;
		}
		const edited = [...this.edited];
		this.edited.clear();
		for (const [file, document] of edited) {
			await this.reread(file, this.textToIndex(file, document));
		}
	}

	private async readIfOtherwiseEncoded(document: vscode.TextDocument): Promise<void> {
		const file = this.pathOf(document.uri);
		if (file !== undefined && !document.isClosed && this.isOtherwiseEncoded(file, document)) {
			await this.reread(file, document.getText());
		}
	}

	/** Undefined where the file on disk says the same. */
	private textToIndex(file: string, document: vscode.TextDocument): string | undefined {
		const isNeeded = document.isDirty || this.isOtherwiseEncoded(file, document);
		return isNeeded && !document.isClosed ? document.getText() : undefined;
	}

	/** Whether the editor reads it in another way than is known without it: somebody chose that, or it has guessed. */
	private isOtherwiseEncoded(file: string, { encoding }: vscode.TextDocument): boolean {
		const known = encodingOf(file, this.encodings);
		// A byte-order mark is seen by whoever reads the file.
		return (
			encoding !== known && !(encoding === "utf8bom" || (encoding === utf8 && known === "utf8bom"))
		);
	}

	/** Of a folder that is deleted the editor tells nothing more. */
	private async forget(file: string): Promise<void> {
		if (!this.isScanned) {
			this.missed.set(file, "deleted");
		} else if (!this.ended.signal.aborted) {
			await this.client.remove(file);
			this.options.onDidChange([file]);
		}
	}

	private async reread(file: string, text: string | undefined): Promise<void> {
		if (!this.isScanned) {
			this.missed.set(file, "changed");
		} else if (!this.ended.signal.aborted) {
			if (text === undefined) {
				this.unsaved.delete(file);
			} else {
				this.unsaved.add(file);
			}
			await this.client.update(file, text);
			this.options.onDidChange([file]);
		}
	}

	/** Undefined for what isn't in the folder. */
	private pathOf(uri: vscode.Uri): string | undefined {
		const { folder } = this.options;
		return uri.scheme === "file" && vscode.workspace.getWorkspaceFolder(uri) === folder
			? path.posix.relative(folder.uri.path, uri.path)
			: undefined;
	}
}

/** What the user hides in the explorer is no part of the repository either. */
function excludedGlobs(folder: vscode.WorkspaceFolder): string[] {
	const globs = vscode.workspace
		.getConfiguration("files", folder.uri)
		.get<Record<string, unknown>>("exclude", {});
	return Object.entries(globs)
		.filter(([, isExcluded]) => isExcluded === true)
		.map(([glob]) => glob);
}

/** Workspace folders inside this one are read by themselves. */
function foldersWithin(folder: vscode.WorkspaceFolder): string[] {
	return foldersOnDisk()
		.map(({ uri }) => path.posix.relative(folder.uri.path, uri.path))
		.filter((inside) => inside !== "" && inside !== ".." && !inside.startsWith("../"))
		.map(literalGlob);
}
