import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import type { Engine } from "../../engine/engine.ts";
import { createSupervisedEngine, type SupervisedEngine } from "../../engineProcess/supervisor.ts";
import type { ModelManifest } from "../../model/manifest.ts";
import { openModel } from "../../model/modelStore.ts";
import { createTokenizer } from "../../tokenizer/bpeTokenizer.ts";
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
	readonly clock: Clock;
	readonly logger: Logger;
}

/**
 * A model for conversations, in a process of its own beside the one for completions. The process starts
 * with the first question: who never asks has one model in memory.
 */
export class ChatEngine {
	readonly engine: Pick<Engine, "generate">;
	private supervised: SupervisedEngine | undefined;
	private isDisposed = false;

	private constructor(
		private readonly options: ChatEngineOptions,
		readonly manifest: ModelManifest,
		readonly tokenizer: Tokenizer,
	) {
		this.engine = {
			generate: (request, signal, onPrefill) => this.start().generate(request, signal, onPrefill),
		};
	}

	/** Rejects with a UserError for a folder that isn't a model's. */
	static async open(options: ChatEngineOptions): Promise<ChatEngine> {
		const model = await openModel(options.modelFolder, { verify: "sizes" });
		const tokenizer = createTokenizer(await readFile(model.tokenizerPath, "utf8"));
		return new ChatEngine(options, model.manifest, tokenizer);
	}

	async dispose(): Promise<void> {
		this.isDisposed = true;
		await this.supervised?.dispose();
	}

	private start(): Engine {
		const { modelFolder, extensionFolder, cacheFolder, settings, clock, logger } = this.options;
		this.supervised ??= createSupervisedEngine({
			modelFolder,
			cacheFolder,
			childPath: path.join(extensionFolder, "dist/engineProcess.js"),
			logger,
			clock,
			...(settings.threads === undefined ? {} : { threads: settings.threads }),
			...(settings.nodePath === undefined ? {} : { execPath: settings.nodePath }),
		});
		if (this.isDisposed) {
			// Whoever still asks hears that it was shut down.
			void this.supervised.dispose();
		}
		return this.supervised.engine;
	}
}
