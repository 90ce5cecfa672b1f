import { readFile } from "node:fs/promises";
import path from "node:path";
import type * as vscode from "vscode";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import { UserError } from "../base/userError.ts";
import type { CompletionConfig, CompletionProvider } from "../completion/completionProvider.ts";
import { describePrompt } from "../completion/promptTrace.ts";
import { createCompletionProvider } from "../completion/createCompletionProvider.ts";
import type { WindowStorage } from "../completion/recentPieces.ts";
import { noContext } from "../context/contextEngine.ts";
import { SyntaxClient, startSyntaxWorker } from "../context/syntax/syntaxClient.ts";
import {
	createSupervisedEngine,
	type EngineState,
	type SupervisedEngine,
} from "../engineProcess/supervisor.ts";
import type { Repository } from "../context/repository/repositorySet.ts";
import type { Engine, GenerateStats, PrefillProgress } from "../engine/engine.ts";
import type { InfillModel } from "../languageModel/languageModel.ts";
import { bundledModelFolderName } from "../model/bundledModel.ts";
import type { ModelManifest } from "../model/manifest.ts";
import { openModel } from "../model/modelStore.ts";
import { createTokenizer } from "../tokenizer/bpeTokenizer.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { PrefillWatch } from "./prefillWatch.ts";
import { RepositorySession, type RepositoryUse } from "./repositorySession.ts";
import type { EngineSettings } from "./settings.ts";
import type { EngineStatus } from "./statusBar.ts";

export interface EngineSessionOptions {
	/** Where the extension is installed. */
	readonly extensionFolder: string;
	/** Where the engine keeps what it finds out about this machine. Absolute. */
	readonly cacheFolder: string;
	/** Of the workspace; undefined without one. */
	readonly storageUri: vscode.Uri | undefined;
	/** Where the related code of the latest prompts is kept for the next window. */
	readonly piecesStorage: WindowStorage;
	readonly clock: Clock;
	readonly logger: Logger;
	readonly onDidChangeStatus: (status: EngineStatus) => void;
	/** Hears of every prompt, as text for people. */
	readonly onDidPrompt: (description: string) => void;
	/** Hears what the engine did for a request; undefined when it wasn't asked. */
	readonly onDidFinish: (stats: GenerateStats | undefined) => void;
	/** Hears how far a prompt is that takes long to read; undefined when none does. */
	readonly onDidRead: (progress: PrefillProgress | undefined) => void;
	/** The server's model that completions come from, asked for each of them; undefined: this machine's. */
	readonly server: () => InfillModel | undefined;
	/** Says what is wanted of the repository. */
	readonly completion: () => CompletionConfig;
	/** Called when another model is open, or none. */
	readonly onDidChangeModel: () => void;
}

/** The model that completions on this machine come from; conversations may use it too. */
export interface LocalModel {
	readonly engine: Engine;
	/** Of the same model as `manifest`. */
	readonly tokenizer: Tokenizer;
	readonly manifest: ModelManifest;
	/** Absolute. */
	readonly folder: string;
}

/** Everything that belongs to one model: made together, and thrown away together. */
interface OpenedModel {
	readonly supervised: SupervisedEngine;
	readonly syntax: SyntaxClient;
	readonly provider: CompletionProvider;
	readonly repository: RepositorySession;
	readonly model: LocalModel;
}

/**
 * Keeps the engine and the completion pipeline for the settings in force. Opening one model waits for
 * the one before it to be gone, so that two are never in memory.
 */
export class EngineSession {
	private opened: OpenedModel | undefined;
	/** The end of all that was asked for so far; never rejects. */
	private last: Promise<void> = Promise.resolve();
	private disposed = false;

	constructor(private readonly options: EngineSessionOptions) {}

	/** Undefined while there is nothing that could answer; the status says why. */
	get provider(): CompletionProvider | undefined {
		return this.opened?.provider;
	}

	/** Undefined while no model is open; it may still be loading into the engine, which requests wait for. */
	get model(): LocalModel | undefined {
		return this.opened?.model;
	}

	get syntax(): SyntaxClient | undefined {
		return this.opened?.syntax;
	}

	/** Undefined where there is no folder that could be read. */
	get repository(): Repository | undefined {
		return this.opened?.repository.repository;
	}

	/** What `completion` says may be another thing than before. */
	completionChanged(): void {
		this.opened?.repository.setUse(useOf(this.options.completion()));
	}

	/** Replaces what runs by a new process for `settings`. Never rejects: a fault becomes the status. */
	open(settings: EngineSettings): Promise<void> {
		this.last = this.last.then(async () => {
			await this.close();
			if (this.disposed) {
				return;
			}
			this.options.onDidChangeStatus({ kind: "starting" });
			try {
				this.opened = await this.openModel(settings);
				this.completionChanged();
				if (this.opened.supervised.state.kind === "ready") {
					this.opened.repository.engineStarted();
				}
				this.options.onDidChangeModel();
			} catch (error) {
				this.fail(error);
			}
		});
		return this.last;
	}

	async dispose(): Promise<void> {
		this.disposed = true;
		await this.last;
		await this.close();
	}

	private async openModel(settings: EngineSettings): Promise<OpenedModel> {
		const { clock, logger, extensionFolder, storageUri, cacheFolder } = this.options;
		const inDist = (name: string): string => path.join(extensionFolder, "dist", name);
		const modelFolder = settings.modelPath ?? path.join(extensionFolder, bundledModelFolderName);
		// Only what this process reads itself; the engine's process checks every byte of the weights.
		const model = await openModel(modelFolder, { verify: "sizes" });
		const tokenizer = createTokenizer(await readFile(model.tokenizerPath, "utf8"));
		const supervised = createSupervisedEngine({
			modelFolder,
			cacheFolder,
			childPath: inDist("engineProcess.js"),
			logger,
			clock,
			onDidChangeState: (state) => this.follow(state),
			...(storageUri?.scheme === "file" && {
				snapshotFolder: path.join(storageUri.fsPath, "prefixes"),
			}),
			...(settings.threads === undefined ? {} : { threads: settings.threads }),
			...(settings.nodePath === undefined ? {} : { execPath: settings.nodePath }),
		});
		const syntax = new SyntaxClient({
			startWorker: () =>
				startSyntaxWorker(inDist("contextWorker.js"), {
					runtime: inDist("grammars/web-tree-sitter.wasm"),
					folder: inDist("grammars"),
				}),
			clock,
			logger,
		});
		const repository = new RepositorySession({
			extensionFolder,
			storageUri: this.options.storageUri,
			tokenizerPath: model.tokenizerPath,
			learner: supervised.engine,
			clock,
			logger,
		});
		const parts = { supervised, syntax, repository };
		const local: LocalModel = {
			engine: new PrefillWatch({ clock, onDidChange: this.options.onDidRead }).watch(
				supervised.engine,
			),
			tokenizer,
			manifest: model.manifest,
			folder: path.resolve(modelFolder),
		};
		try {
			return { ...parts, model: local, provider: this.createProvider(local, parts) };
		} catch (error) {
			await closeParts(parts);
			throw error;
		}
	}

	private createProvider(
		{ engine, tokenizer, manifest }: LocalModel,
		{ syntax, repository }: Pick<OpenedModel, "syntax" | "repository">,
	): CompletionProvider {
		const { clock, logger } = this.options;
		return createCompletionProvider({
			engine,
			tokenizer,
			manifest,
			server: this.options.server,
			piecesStorage: this.options.piecesStorage,
			syntax,
			clock,
			logger,
			collectContext: async (query, signal) => {
				const collected = await repository.repository?.collect(query, signal);
				return collected ?? noContext;
			},
			onDidPrompt: (trace) => this.options.onDidPrompt(describePrompt(trace, tokenizer)),
			onDidFinish: (_outcome, stats) => this.options.onDidFinish(stats),
		});
	}

	private async close(): Promise<void> {
		const opened = this.opened;
		this.opened = undefined;
		if (opened !== undefined) {
			this.options.onDidChangeModel();
			opened.provider.dispose();
			await closeParts(opened);
		}
	}

	private follow(state: EngineState): void {
		switch (state.kind) {
			case "starting":
			case "restarting":
				this.options.onDidChangeStatus({ kind: "starting" });
				return;
			case "ready":
				this.options.onDidChangeStatus({ kind: "ready", backendName: state.backendName });
				this.opened?.repository.engineStarted();
				return;
			case "failed":
				// The supervisor has logged it.
				this.options.onDidChangeStatus({ kind: "failed", message: state.error.message });
				return;
			case "disposed":
				return;
		}
	}

	private fail(error: unknown): void {
		const message =
			error instanceof UserError
				? error.message
				: "Mote could not open its model because of a bug; the log has the details.";
		this.options.logger.error(error instanceof UserError ? message : describe(error));
		this.options.onDidChangeStatus({ kind: "failed", message });
	}
}

function useOf({ repositoryContext, adaptation }: CompletionConfig): RepositoryUse {
	return { context: repositoryContext, learning: adaptation };
}

async function closeParts({
	supervised,
	syntax,
	repository,
}: Omit<OpenedModel, "provider" | "model">): Promise<void> {
	await Promise.all([supervised.dispose(), syntax.dispose(), repository.dispose()]);
}

function describe(error: unknown): string {
	return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
