import path from "node:path";
import { machineMemoryBytes } from "../../src/model/machineMemory.ts";
import type { Clock } from "../../src/base/clock.ts";
import type { Logger } from "../../src/base/log.ts";
import type { CompletionProvider } from "../../src/completion/completionProvider.ts";
import { createCompletionProvider } from "../../src/completion/createCompletionProvider.ts";
import type { WindowStorage } from "../../src/completion/recentPieces.ts";
import { noContext } from "../../src/context/contextEngine.ts";
import { SyntaxClient, startSyntaxWorker } from "../../src/context/syntax/syntaxClient.ts";
import type { Engine } from "../../src/engine/engine.ts";
import {
	createSupervisedEngine,
	type EngineState,
	type SupervisedEngine,
} from "../../src/engineProcess/supervisor.ts";
import { ChosenModel, type EngineStatus } from "../../src/extension/chosenModel.ts";
import { bundledModelFolders, type BundledModel } from "../../src/model/bundledModel.ts";
import type { ModelChoice, ModelSetting } from "../../src/model/modelChoice.ts";
import { openModel } from "../../src/model/modelStore.ts";
import { loadTokenizer } from "../../src/tokenizer/loadTokenizer.ts";
import type { Tokenizer } from "../../src/tokenizer/tokenizer.ts";
import { SoakRepository } from "./soakRepository.ts";

/** Where everything of a run lies. Absolute. */
export interface SoakFolders {
	/** `dist` and `syntaxes` of the repository. */
	readonly dist: string;
	readonly queries: string;
	/** Holds `models/mote-base` and `models/mote-nano`, which may be damaged. */
	readonly extension: string;
	readonly workspace: string;
	/** What Mote keeps of this workspace; the disk that gets full. */
	readonly storage: string;
	/** What it keeps for all of them, on the same disk. */
	readonly globalStorage: string;
}

export interface SoakWindowOptions {
	readonly folders: SoakFolders;
	readonly model: BundledModel;
	readonly piecesStorage: WindowStorage;
	readonly clock: Clock;
	readonly logger: Logger;
	readonly onDidFinish: () => void;
}

/** Everything that belongs to one model. */
export interface OpenedModel {
	readonly supervised: SupervisedEngine;
	readonly syntax: SyntaxClient;
	readonly repository: SoakRepository;
	readonly provider: CompletionProvider;
	readonly engine: Engine;
	readonly tokenizer: Tokenizer;
}

interface WindowSettings {
	readonly model: ModelSetting;
}

/**
 * What a window of the editor has of Mote, without the editor: the model that was chosen or the one that takes over, its
 * engine in a process of its own, the threads for syntax and repository, and the pipeline. Put together as the extension's
 * EngineSession does, of the same parts.
 */
export class SoakWindow {
	readonly #options: SoakWindowOptions;
	readonly #settings: WindowSettings;
	readonly #chosen: ChosenModel<WindowSettings, OpenedModel>;
	#status: EngineStatus = { kind: "starting" };
	#waiting: (() => void)[] = [];

	constructor(options: SoakWindowOptions) {
		this.#options = options;
		this.#settings = { model: { kind: "bundled", model: options.model } };
		this.#chosen = new ChosenModel<WindowSettings, OpenedModel>({
			memoryBytes: machineMemoryBytes(),
			logger: options.logger,
			openModel: (choice, _settings, follow) => this.#openModel(choice, follow),
			closeModel: async ({ provider, supervised, syntax, repository }) => {
				provider.dispose();
				await Promise.all([supervised.dispose(), syntax.dispose(), repository.dispose()]);
			},
			onDidChangeStatus: (status) => {
				this.#changeTo(status);
				if (status.kind === "ready") {
					this.#chosen.model?.repository.engineStarted();
				}
			},
			onDidChangeModel: () => {
				const opened = this.#chosen.model;
				if (opened?.supervised.state.kind === "ready") {
					opened.repository.engineStarted();
				}
			},
		});
	}

	/** Undefined while there is nothing that could answer. */
	get model(): OpenedModel | undefined {
		return this.#chosen.model;
	}

	get status(): EngineStatus {
		return this.#status;
	}

	/** Resolves after the next change of {@link status}. */
	statusChange(): Promise<void> {
		return new Promise((resolve) => this.#waiting.push(resolve));
	}

	/** At the start, and what “Mote: Restart Engine” does. Never rejects. */
	open(): Promise<void> {
		return this.#chosen.open(this.#settings);
	}

	close(): Promise<void> {
		return this.#chosen.dispose();
	}

	#changeTo(status: EngineStatus): void {
		this.#status = status;
		const waiting = this.#waiting;
		this.#waiting = [];
		for (const go of waiting) {
			go();
		}
	}

	async #openModel(
		{ source }: ModelChoice,
		follow: (state: EngineState) => void,
	): Promise<OpenedModel> {
		const { folders, clock, logger, piecesStorage, onDidFinish } = this.#options;
		const inDist = (name: string): string => path.join(folders.dist, name);
		const modelFolder =
			source.kind === "folder"
				? source.folder
				: path.join(folders.extension, bundledModelFolders[source.model]);
		const { manifest, tokenizerPath } = await openModel(modelFolder, { verify: "sizes" });
		const tokenizer = await loadTokenizer(inDist("tokenizerWorker.js"), tokenizerPath);
		const supervised = createSupervisedEngine({
			...{ modelFolder, logger, clock },
			cacheFolder: folders.globalStorage,
			snapshotFolder: path.join(folders.storage, "prefixes"),
			childPath: inDist("engineProcess.js"),
			onDidChangeState: follow,
		});
		const { engine } = supervised;
		const syntax = new SyntaxClient({
			startWorker: () =>
				startSyntaxWorker(inDist("contextWorker.js"), {
					runtime: inDist("grammars/web-tree-sitter.wasm"),
					folder: inDist("grammars"),
				}),
			...{ clock, logger },
		});
		const repository = new SoakRepository({
			distFolder: folders.dist,
			queryFolder: folders.queries,
			workspaceFolder: folders.workspace,
			storageFolder: folders.storage,
			...{ tokenizerPath, learner: engine, clock, logger },
		});
		const provider = createCompletionProvider({
			...{ engine, tokenizer, manifest, piecesStorage, syntax, clock, logger, onDidFinish },
			collectContext: async (query, signal) =>
				(await repository.repository.collect(query, signal)) ?? noContext,
		});
		return { supervised, syntax, repository, provider, engine, tokenizer };
	}
}
