import path from "node:path";
import type * as vscode from "vscode";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type {
	CompletionConfig,
	CompletionOutcome,
	CompletionProvider,
} from "../completion/completionProvider.ts";
import type { CompletionTrace } from "../completion/completionTrace.ts";
import { describePrompt } from "../completion/promptTrace.ts";
import type { CompletionDependencies } from "../completion/createCompletionProvider.ts";
import type { WindowStorage } from "../completion/recentPieces.ts";
import { noContext } from "../context/contextEngine.ts";
import { SyntaxClient, startSyntaxWorker } from "../context/syntax/syntaxClient.ts";
import { OnDemandEngine } from "../engineProcess/onDemandEngine.ts";
import {
	createSupervisedEngine,
	type EngineState,
	type SupervisedEngine,
} from "../engineProcess/supervisor.ts";
import type { LoadInTurn } from "../engineProcess/loadTurns.ts";
import type { Repository } from "../context/repository/repositorySet.ts";
import type { Engine, GenerateStats, PrefillProgress } from "../engine/engine.ts";
import type { InfillModel } from "../languageModel/languageModel.ts";
import { bundledModelFolders } from "../model/bundledModel.ts";
import type { ModelManifest } from "../model/manifest.ts";
import type { ModelChoice } from "../model/modelChoice.ts";
import { openModel } from "../model/modelStore.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { ChosenModel, type EngineStatus, type HeardState } from "./chosenModel.ts";
import { PrefillWatch } from "./prefillWatch.ts";
import { RepositorySession, type RepositoryUse } from "./repositorySession.ts";
import type { EngineSettings } from "./settings.ts";

export interface EngineSessionOptions {
	/** Where the extension is installed. */
	readonly extensionFolder: string;
	/** Where the engine keeps what it finds out about this machine. Absolute. */
	readonly cacheFolder: string;
	/** Memory of the machine, or of the container that this runs in. */
	readonly memoryBytes: number;
	/** Of the models of this window. Those that ship are small and don't wait. */
	readonly loadInTurn: LoadInTurn;
	/** Of the workspace; undefined without one. */
	readonly storageUri: vscode.Uri | undefined;
	/** Where the related code of the latest prompts is kept for the next window. */
	readonly piecesStorage: WindowStorage;
	readonly clock: Clock;
	readonly logger: Logger;
	readonly onDidChangeStatus: (status: EngineStatus) => void;
	/** Hears of every prompt, as text for people. */
	readonly onDidPrompt: (description: string) => void;
	/** Hears how each request went, and what the engine did for it; undefined when it wasn't asked. */
	readonly onDidFinish: (
		outcome: CompletionOutcome,
		stats: GenerateStats | undefined,
		trace: CompletionTrace,
	) => void;
	/** Hears how far a prompt is that takes long to read; undefined when none does. */
	readonly onDidRead: (progress: PrefillProgress | undefined) => void;
	/** The server's model that completions come from, asked for each of them; undefined: this machine's. */
	readonly server: () => InfillModel | undefined;
	/** Says what is wanted of the repository. */
	readonly completion: () => CompletionConfig;
	/** Without anybody there for so long, in milliseconds, the model is unloaded; undefined: never. */
	readonly unloadAfterMs: () => number | undefined;
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
	readonly loaded: OnDemandEngine;
	readonly syntax: SyntaxClient;
	readonly provider: CompletionProvider;
	readonly repository: RepositorySession;
	readonly model: LocalModel;
}

/** Keeps the engine and the completion pipeline for the settings in force. */
export class EngineSession {
	private readonly chosen: ChosenModel<EngineSettings, OpenedModel>;

	constructor(private readonly options: EngineSessionOptions) {
		const { memoryBytes, logger, onDidChangeStatus } = options;
		this.chosen = new ChosenModel({
			...{ memoryBytes, logger },
			openModel: (choice, settings, follow) => this.openModel(choice, settings, follow),
			closeModel: async ({ provider, ...parts }) => {
				provider.dispose();
				await closeParts(parts);
			},
			onDidChangeStatus: (status) => {
				onDidChangeStatus(status);
				if (status.kind === "ready") {
					this.chosen.model?.repository.engineStarted();
				}
			},
			onDidChangeModel: () => {
				this.completionChanged();
				const opened = this.chosen.model;
				if (opened?.loaded.state.kind === "ready") {
					opened.repository.engineStarted();
				}
				options.onDidChangeModel();
			},
		});
	}

	/** Undefined while there is nothing that could answer; the status says why. */
	get provider(): CompletionProvider | undefined {
		return this.chosen.model?.provider;
	}

	/** Undefined while no model is open; it may still be loading into the engine, which requests wait for. */
	get model(): LocalModel | undefined {
		return this.chosen.model?.model;
	}

	get syntax(): SyntaxClient | undefined {
		return this.chosen.model?.syntax;
	}

	/** Undefined where there is no folder that could be read. */
	get repository(): Repository | undefined {
		return this.chosen.model?.repository.repository;
	}

	/** What `completion` and `unloadAfterMs` say may be another thing than before. */
	completionChanged(): void {
		const { model } = this.chosen;
		model?.repository.setUse(useOf(this.options.completion()));
		model?.loaded.setUnloadAfterMs(this.options.unloadAfterMs());
	}

	/** Somebody is there who may type soon. Costs nothing while the model is loaded. */
	wake(): void {
		this.chosen.model?.loaded.wake();
	}

	/** Replaces what runs by a new process for `settings`. Never rejects: a fault becomes the status. */
	open(settings: EngineSettings): Promise<void> {
		return this.chosen.open(settings);
	}

	dispose(): Promise<void> {
		return this.chosen.dispose();
	}

	private async openModel(
		{ source, maxFirstTokenMs }: ModelChoice,
		settings: EngineSettings,
		follow: (state: HeardState) => void,
	): Promise<OpenedModel> {
		const { clock, logger, extensionFolder, storageUri, cacheFolder, loadInTurn } = this.options;
		const inDist = (name: string): string => path.join(extensionFolder, "dist", name);
		const modelFolder =
			source.kind === "folder"
				? source.folder
				: path.join(extensionFolder, bundledModelFolders[source.model]);
		// Only what this process reads itself; the engine's process checks every byte of the weights.
		const model = await openModel(modelFolder, { verify: "sizes" });
		const start = (followLoading: (state: EngineState) => void): SupervisedEngine =>
			createSupervisedEngine({
				modelFolder,
				cacheFolder,
				childPath: inDist("engineProcess.js"),
				logger,
				clock,
				onDidChangeState: (state) => {
					followLoading(state);
					follow(state);
				},
				...(storageUri?.scheme === "file" && {
					snapshotFolder: path.join(storageUri.fsPath, "prefixes"),
				}),
				gpu: settings.gpu,
				gpuLibraries: settings.gpuLibraries,
				...(source.kind === "folder" && { loadInTurn }),
				...(maxFirstTokenMs !== undefined && { maxFirstTokenMs }),
				...(settings.threads === undefined ? {} : { threads: settings.threads }),
				...(settings.nodePath === undefined ? {} : { execPath: settings.nodePath }),
			});
		const loaded = new OnDemandEngine({
			start,
			modelName: model.manifest.name,
			unloadAfterMs: this.options.unloadAfterMs(),
			// What failed is mended by a person, or by another model: not by the next key.
			retriesFailed: false,
			clock,
			logger,
			onDidChangeLoading: (isLoading) => {
				if (isLoading) {
					follow({ kind: "starting" });
				}
			},
			onDidRest: () => follow({ kind: "resting" }),
		});
		loaded.wake();
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
			learner: loaded,
			clock,
			logger,
		});
		const parts = { loaded, syntax, repository };
		try {
			const { createCompletionProvider, loadTokenizer } = await import("./modelCode.ts");
			const local: LocalModel = {
				engine: new PrefillWatch({ clock, onDidChange: this.options.onDidRead }).watch(loaded),
				// Beside the engine's process, which reads it too while it starts.
				tokenizer: await loadTokenizer(inDist("tokenizerWorker.js"), model.tokenizerPath),
				manifest: model.manifest,
				folder: path.resolve(modelFolder),
			};
			const provider = createCompletionProvider(this.dependenciesOf(local, parts));
			return { ...parts, model: local, provider };
		} catch (error) {
			await closeParts(parts);
			throw error;
		}
	}

	private dependenciesOf(
		{ engine, tokenizer, manifest }: LocalModel,
		{ syntax, repository }: Pick<OpenedModel, "syntax" | "repository">,
	): CompletionDependencies {
		const { clock, logger } = this.options;
		return {
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
			onDidFinish: this.options.onDidFinish,
		};
	}
}

function useOf({ repositoryContext, adaptation }: CompletionConfig): RepositoryUse {
	return { context: repositoryContext, learning: adaptation };
}

async function closeParts({
	loaded,
	syntax,
	repository,
}: Omit<OpenedModel, "provider" | "model">): Promise<void> {
	await Promise.all([loaded.dispose(), syntax.dispose(), repository.dispose()]);
}
