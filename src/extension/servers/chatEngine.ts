import path from "node:path";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import { OnDemandEngine } from "../../engineProcess/onDemandEngine.ts";
import type { LoadInTurn } from "../../engineProcess/loadTurns.ts";
import { createSupervisedEngine } from "../../engineProcess/supervisor.ts";
import type { ModelManifest } from "../../model/manifest.ts";
import { openModel } from "../../model/modelStore.ts";
import type { Tokenizer } from "../../tokenizer/tokenizer.ts";
import type { EngineSettings } from "../settings.ts";

export interface ChatEngineOptions {
	/** Absolute. */
	readonly modelFolder: string;
	/** Where the extension is installed. */
	readonly extensionFolder: string;
	/** Where the engine keeps what it finds out about this machine. Absolute. */
	readonly cacheFolder: string;
	readonly settings: EngineSettings;
	readonly loadInTurn: LoadInTurn;
	/** Hears the name of the model while somebody waits for it to be loaded, and undefined after that. */
	readonly onDidChangeLoading: (modelName: string | undefined) => void;
	readonly clock: Clock;
	readonly logger: Logger;
}

/**
 * A model for conversations, in a process of its own beside the one for completions. The process starts
 * with the first question and ends when nobody has asked for a while: who doesn't ask has one model in memory.
 */
export class ChatEngine {
	readonly engine: OnDemandEngine;

	private constructor(
		options: ChatEngineOptions,
		readonly manifest: ModelManifest,
		readonly tokenizer: Tokenizer,
	) {
		const { modelFolder, extensionFolder, cacheFolder, loadInTurn } = options;
		const { settings, clock, logger } = options;
		this.engine = new OnDemandEngine({
			start: (follow) =>
				createSupervisedEngine({
					modelFolder,
					cacheFolder,
					loadInTurn,
					gpu: settings.gpu,
					gpuLibraries: settings.gpuLibraries,
					childPath: path.join(extensionFolder, "dist/engineProcess.js"),
					logger,
					clock,
					onDidChangeState: follow,
					...(settings.threads === undefined ? {} : { threads: settings.threads }),
					...(settings.nodePath === undefined ? {} : { execPath: settings.nodePath }),
				}),
			modelName: manifest.name,
			unloadAfterMs: undefined,
			retriesFailed: true,
			clock,
			logger,
			onDidChangeLoading: (isLoading) =>
				options.onDidChangeLoading(isLoading ? manifest.name : undefined),
		});
	}

	/** Rejects with a UserError for a folder that isn't a model's. */
	static async open(options: ChatEngineOptions): Promise<ChatEngine> {
		const model = await openModel(options.modelFolder, { verify: "sizes" });
		const worker = path.join(options.extensionFolder, "dist/tokenizerWorker.js");
		const { loadTokenizer } = await import("../modelCode.ts");
		const tokenizer = await loadTokenizer(worker, model.tokenizerPath);
		return new ChatEngine(options, model.manifest, tokenizer);
	}

	dispose(): Promise<void> {
		return this.engine.dispose();
	}
}
