import { mkdir } from "node:fs/promises";
import path from "node:path";
import * as vscode from "vscode";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import { RepositoryFeed } from "../completion/repositoryFeed.ts";
import {
	RepositoryClient,
	startRepositoryWorker,
	type RepositoryProgress,
} from "../context/repository/repositoryClient.ts";
import type { Learner } from "../engine/learning.ts";

export interface RepositorySessionOptions {
	/** Where the extension is installed. */
	readonly extensionFolder: string;
	/** The workspace folder to read. */
	readonly folder: vscode.WorkspaceFolder;
	/** Of this workspace, for the index and for what was learned. */
	readonly storageFolder: string;
	/** Of the model that reads the context. */
	readonly tokenizerPath: string;
	readonly learner: Learner;
	readonly clock: Clock;
	readonly logger: Logger;
}

/** Keystrokes in a document that isn't saved are read when they pause for so long. */
const editPauseMs = 700;

/** Reads a workspace folder in a thread of its own, follows its changes, and lets the engine learn it. */
export class RepositorySession {
	readonly client: RepositoryClient;
	private readonly feed: RepositoryFeed;
	private readonly listeners: vscode.Disposable;
	private readonly ended = new AbortController();
	/** Changed since they were read. */
	private readonly edited = new Map<string, vscode.TextDocument>();
	/** Indexed as they stand in the editor, and not as on disk. */
	private readonly unsaved = new Set<string>();
	private progress: vscode.Progress<{ message?: string }> | undefined;
	private pause = new AbortController();
	private isScanned = false;

	private constructor(private readonly options: RepositorySessionOptions) {
		const inDist = (name: string): string => path.join(options.extensionFolder, "dist", name);
		this.client = new RepositoryClient({
			worker: startRepositoryWorker(inDist("repositoryWorker.js"), {
				root: options.folder.uri.fsPath,
				storageFolder: path.join(options.storageFolder, "index"),
				runtime: inDist("grammars/web-tree-sitter.wasm"),
				grammarFolder: inDist("grammars"),
				queryFolder: path.join(options.extensionFolder, "syntaxes"),
				tokenizerPath: options.tokenizerPath,
				exclude: excludedGlobs(options.folder),
			}),
			logger: options.logger,
			onProgress: (progress) => this.showProgress(progress),
		});
		this.feed = new RepositoryFeed({
			repository: this.client,
			learner: options.learner,
			path: path.join(options.storageFolder, "learned.ngrams"),
			logger: options.logger,
		});
		this.listeners = this.listen();
	}

	/** Undefined where nothing can be kept or read: no folder, or one that isn't on this machine's disk. */
	static async open(
		options: Omit<RepositorySessionOptions, "folder" | "storageFolder"> & {
			readonly storageUri: vscode.Uri | undefined;
		},
	): Promise<RepositorySession | undefined> {
		const { storageUri } = options;
		// Of several folders the first: paths in prompts are relative to one.
		const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === "file");
		if (folder === undefined || storageUri?.scheme !== "file") {
			return undefined;
		}
		try {
			await mkdir(storageUri.fsPath, { recursive: true });
		} catch (error) {
			options.logger.warn(
				`The repository is not read, because ${storageUri.fsPath} can't be written: ${String(error)}`,
			);
			return undefined;
		}
		const session = new RepositorySession({ ...options, folder, storageFolder: storageUri.fsPath });
		void session.scan();
		return session;
	}

	/** The engine's process is a new one: it has learned nothing yet. */
	engineStarted(): void {
		if (this.isScanned) {
			this.feed.start();
		}
	}

	/** Resolves when the thread is gone: two must not write the same index. */
	async dispose(): Promise<void> {
		this.ended.abort();
		this.pause.abort();
		this.listeners.dispose();
		const fed = this.feed.dispose();
		// What the feed waits for is answered with nothing.
		await this.client.dispose();
		await fed;
	}

	private async scan(): Promise<void> {
		await vscode.window.withProgress(
			{ location: vscode.ProgressLocation.Window, title: "Mote reads the repository" },
			async (progress) => {
				this.progress = progress;
				await this.client.scan(this.ended.signal);
				this.progress = undefined;
			},
		);
		if (!this.ended.signal.aborted) {
			this.isScanned = true;
			this.feed.start();
		}
	}

	private showProgress({ filesDone, filesTotal }: RepositoryProgress): void {
		this.progress?.report({ message: `${filesDone} of ${filesTotal} files` });
	}

	private listen(): vscode.Disposable {
		const watcher = vscode.workspace.createFileSystemWatcher(
			new vscode.RelativePattern(this.options.folder, "**/*"),
		);
		const onDisk = (uri: vscode.Uri): void => {
			const file = this.pathOf(uri);
			if (file !== undefined && !this.edited.has(file)) {
				void this.reread(file, undefined);
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
		if (pause.signal.aborted) {
			return;
		}
		const edited = [...this.edited];
		this.edited.clear();
		for (const [file, document] of edited) {
			const isUnsaved = document.isDirty && !document.isClosed;
			await this.reread(file, isUnsaved ? document.getText() : undefined);
		}
	}

	/** Of a folder that is deleted the editor tells nothing more. */
	private async forget(file: string): Promise<void> {
		if (this.isScanned && !this.ended.signal.aborted) {
			await this.client.remove(file);
			this.feed.changed([file]);
		}
	}

	private async reread(file: string, text: string | undefined): Promise<void> {
		// Before the first scan has come to it, the file is read with all others.
		if (this.isScanned && !this.ended.signal.aborted) {
			if (text === undefined) {
				this.unsaved.delete(file);
			} else {
				this.unsaved.add(file);
			}
			await this.client.update(file, text);
			this.feed.changed([file]);
		}
	}

	/** Relative to the folder, as in prompts; undefined for what isn't in it. */
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
