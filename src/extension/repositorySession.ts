import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import * as vscode from "vscode";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import { RepositoryFeed } from "../completion/repositoryFeed.ts";
import type { RepositoryProgress } from "../context/repository/repositoryClient.ts";
import { RepositorySet, type Repository } from "../context/repository/repositorySet.ts";
import type { Learner } from "../adaptation/learning.ts";
import { changesEncodings } from "./editorEncodings.ts";
import { FollowedFolder } from "./followedFolder.ts";
import { folderPrefix, foldersOnDisk } from "./workspacePaths.ts";

export interface RepositorySessionOptions {
	/** Where the extension is installed. */
	readonly extensionFolder: string;
	/** Of this workspace, for the indexes and for what was learned; undefined without a workspace. */
	readonly storageUri: vscode.Uri | undefined;
	/** Of the model that reads the context. */
	readonly tokenizerPath: string;
	readonly learner: Learner;
	readonly clock: Clock;
	readonly logger: Logger;
}

/** What the user wants of the repository. Neither: it is not read at all. */
export interface RepositoryUse {
	/** Related code goes into prompts. */
	readonly context: boolean;
	/** The engine learns its tokens. */
	readonly learning: boolean;
}

/** Each folder has a thread and an index of its own. */
const maxFolders = 4;
/** After threads that ended. What ends a thread would do so again and again. */
const maxRestarts = 3;

/** Everything that exists while the folders are read. */
interface Reading {
	readonly folders: readonly FollowedFolder[];
	readonly repository: RepositorySet;
	readonly storageFolder: string;
	readonly listeners: vscode.Disposable;
	readonly ended: AbortController;
	isScanned: boolean;
	feed: RepositoryFeed | undefined;
	/** The process of the engine that the feed was started for. */
	fedProcess: number;
}

/** Reads the workspace's folders as long as anything is wanted of them, and lets the engine learn them. */
export class RepositorySession {
	private use: RepositoryUse = { context: false, learning: false };
	private reading: Reading | undefined;
	/** Processes of the engine so far; each has learned nothing when it starts. */
	private engineProcesses = 0;
	private progress: vscode.Progress<{ message?: string }> | undefined;
	/** The end of all changes so far; never rejects. */
	private last: Promise<void> = Promise.resolve();
	private isDisposed = false;
	private restarts = 0;
	private readonly listener: vscode.Disposable;

	constructor(private readonly options: RepositorySessionOptions) {
		this.listener = vscode.Disposable.from(
			vscode.workspace.onDidChangeWorkspaceFolders(() => this.reopen()),
			vscode.workspace.onDidChangeConfiguration((event) => {
				if (changesEncodings(event)) {
					this.reopen();
				}
			}),
		);
	}

	/** Undefined while no folder is read. */
	get repository(): Repository | undefined {
		return this.reading?.repository;
	}

	/** Starts or ends what has to run for `use`. */
	setUse(use: RepositoryUse): void {
		this.use = use;
		this.enqueue(() => this.followUse());
	}

	/** The engine's process is a new one: it has learned nothing yet. */
	engineStarted(): void {
		this.engineProcesses++;
		this.feedOnce();
	}

	/** Resolves when the threads are gone: two must not write the same index. */
	async dispose(): Promise<void> {
		this.isDisposed = true;
		this.listener.dispose();
		await this.last;
		await this.close();
	}

	private reopen(): void {
		this.enqueue(async () => {
			await this.close();
			await this.followUse();
		});
	}

	/** All folders are read anew: what is kept of them is on disk. */
	private threadEnded(problem: string): void {
		const { logger } = this.options;
		if (this.restarts < maxRestarts) {
			this.restarts++;
			logger.warn(`The repository's worker ended (${problem}) and is started again.`);
			this.reopen();
		} else {
			logger.warn(
				`The repository's worker ended (${problem}): completions do without related code until the window is reloaded.`,
			);
		}
	}

	private enqueue(change: () => Promise<void>): void {
		this.last = this.last.then(async () => {
			try {
				if (!this.isDisposed) {
					await change();
				}
			} catch (error) {
				const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
				this.options.logger.error(`The repository is not read because of a bug: ${detail}`);
			}
		});
	}

	private async followUse(): Promise<void> {
		const { context, learning } = this.use;
		if (!context && !learning) {
			await this.close();
			return;
		}
		if (this.reading === undefined) {
			this.reading = await this.open();
			if (this.reading !== undefined) {
				void this.scan(this.reading);
			}
		}
		if (learning) {
			this.feedOnce();
		} else if (this.reading !== undefined) {
			const { feed } = this.reading;
			this.reading.feed = undefined;
			this.reading.fedProcess = 0;
			await feed?.dispose();
		}
	}

	/** Undefined where nothing can be kept or read: no folder, or none that is on this machine's disk. */
	private async open(): Promise<Reading | undefined> {
		const { storageUri, logger } = this.options;
		const folders = this.foldersToRead();
		if (folders.length === 0 || storageUri?.scheme !== "file") {
			return undefined;
		}
		const storageFolder = storageUri.fsPath;
		try {
			await mkdir(storageFolder, { recursive: true });
		} catch (error) {
			logger.warn(
				`The repository is not read, because ${storageFolder} can't be written: ${String(error)}`,
			);
			return undefined;
		}
		const followed = folders.map((folder) => {
			const prefix = folderPrefix(folder);
			return { prefix, folder: this.follow(folder, prefix, storageFolder) };
		});
		const members = followed.map(({ prefix, folder: { client } }) => ({ prefix, client }));
		const reading: Reading = {
			folders: followed.map(({ folder }) => folder),
			repository: new RepositorySet(members),
			storageFolder,
			listeners: vscode.workspace.onDidGrantWorkspaceTrust(() => void readHistories(reading)),
			ended: new AbortController(),
			isScanned: false,
			feed: undefined,
			fedProcess: 0,
		};
		return reading;
	}

	private foldersToRead(): readonly vscode.WorkspaceFolder[] {
		const folders = foldersOnDisk();
		for (const { name } of folders.slice(maxFolders)) {
			this.options.logger.warn(`“${name}” is not read: of a workspace, ${maxFolders} folders are.`);
		}
		return folders.slice(0, maxFolders);
	}

	private follow(
		folder: vscode.WorkspaceFolder,
		prefix: string,
		storageFolder: string,
	): FollowedFolder {
		const { extensionFolder, tokenizerPath, clock, logger } = this.options;
		return new FollowedFolder({
			extensionFolder,
			folder,
			storageFolder: path.join(storageFolder, indexFolderOf(folder)),
			tokenizerPath,
			clock,
			logger,
			onProgress: (progress) => this.showProgress(folder.name, progress),
			onGone: (problem) => this.threadEnded(problem),
			onDidChange: (paths) => this.reading?.feed?.changed(paths.map((file) => prefix + file)),
		});
	}

	/** One folder after the other: each parses in a process of its own. */
	private async scan(reading: Reading): Promise<void> {
		await vscode.window.withProgress(
			{ location: vscode.ProgressLocation.Window, title: "Mote reads the repository" },
			async (progress) => {
				this.progress = progress;
				for (const folder of reading.folders) {
					await folder.scan();
				}
				this.progress = undefined;
			},
		);
		if (!reading.ended.signal.aborted) {
			reading.isScanned = true;
			this.feedOnce();
			await readHistories(reading);
		}
	}

	private showProgress(name: string, { filesDone, filesTotal }: RepositoryProgress): void {
		const ofFolder = foldersOnDisk().length > 1 ? ` of ${name}` : "";
		this.progress?.report({ message: `${filesDone} of ${filesTotal} files${ofFolder}` });
	}

	/** Starts the feed when all that it needs is there, once for each process of the engine. */
	private feedOnce(): void {
		const { reading, engineProcesses } = this;
		if (
			!this.use.learning ||
			reading?.isScanned !== true ||
			reading.ended.signal.aborted ||
			reading.fedProcess === engineProcesses
		) {
			return;
		}
		const { learner, clock, logger } = this.options;
		reading.fedProcess = engineProcesses;
		reading.feed ??= new RepositoryFeed({
			repository: reading.repository,
			learner,
			path: path.join(reading.storageFolder, "learned.ngrams"),
			clock,
			logger,
		});
		reading.feed.start();
	}

	private async close(): Promise<void> {
		const { reading } = this;
		this.reading = undefined;
		if (reading !== undefined) {
			reading.ended.abort();
			reading.listeners.dispose();
			const fed = reading.feed?.dispose();
			// What the feed waits for is answered with nothing.
			await Promise.all(reading.folders.map((folder) => folder.dispose()));
			await fed;
		}
	}
}

/** Each has a database of its own, whatever stands beside it in the workspace. */
function indexFolderOf({ uri, index }: vscode.WorkspaceFolder): string {
	const digest = createHash("sha256").update(uri.toString()).digest("hex");
	return index === 0 ? "index" : `index-${digest.slice(0, 16)}`;
}

/** A folder that isn't trusted may hold a configuration of git that runs programs. */
async function readHistories({ folders, isScanned, ended }: Reading): Promise<void> {
	for (const { client } of folders) {
		if (vscode.workspace.isTrusted && isScanned && !ended.signal.aborted) {
			await client.readHistory();
		}
	}
}
