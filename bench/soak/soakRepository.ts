import path from "node:path";
import type { Learner } from "../../src/adaptation/learning.ts";
import type { Clock } from "../../src/base/clock.ts";
import type { Logger } from "../../src/base/log.ts";
import { RepositoryFeed } from "../../src/completion/repositoryFeed.ts";
import { utf8Files } from "../../src/context/files/encodings.ts";
import {
	RepositoryClient,
	startRepositoryWorker,
} from "../../src/context/repository/repositoryClient.ts";
import { RepositorySet } from "../../src/context/repository/repositorySet.ts";

export interface SoakRepositoryOptions {
	/** `dist` of the repository, built. Absolute. */
	readonly distFolder: string;
	readonly queryFolder: string;
	/** What is indexed. Absolute. */
	readonly workspaceFolder: string;
	/** Of the workspace, for the index and what was learned. Absolute. */
	readonly storageFolder: string;
	readonly tokenizerPath: string;
	readonly learner: Learner;
	readonly clock: Clock;
	readonly logger: Logger;
}

/** The index of one folder in its thread, and the engine's learning of it, as the extension's RepositorySession has them. */
export class SoakRepository {
	readonly repository: RepositorySet;
	/** The folder was read. */
	readonly scanned: Promise<void>;
	readonly #client: RepositoryClient;
	readonly #feed: RepositoryFeed;
	readonly #ended = new AbortController();
	/** Processes of the engine so far, and the one that the feed was started for. */
	#processes = 0;
	#fedProcess = 0;
	#isScanned = false;

	constructor(options: SoakRepositoryOptions) {
		const { distFolder, storageFolder, learner, clock, logger } = options;
		const inDist = (name: string): string => path.join(distFolder, name);
		this.#client = new RepositoryClient({
			worker: startRepositoryWorker(inDist("repositoryWorker.js"), {
				root: options.workspaceFolder,
				storageFolder: path.join(storageFolder, "index"),
				runtime: inDist("grammars/web-tree-sitter.wasm"),
				grammarFolder: inDist("grammars"),
				queryFolder: options.queryFolder,
				tagProcess: inDist("tagProcess.js"),
				tokenizerPath: options.tokenizerPath,
				exclude: [],
				encodings: utf8Files,
			}),
			logger,
			onProgress: () => undefined,
			onGone: (problem) => logger.error(`The repository's worker ended (${problem}).`),
		});
		this.repository = new RepositorySet([{ prefix: "", client: this.#client }]);
		this.#feed = new RepositoryFeed({
			...{ repository: this.repository, learner, clock, logger },
			path: path.join(storageFolder, "learned.ngrams"),
		});
		this.scanned = this.#scan();
	}

	/** The engine's process is a new one: it has learned nothing yet. */
	engineStarted(): void {
		this.#processes++;
		this.#feedOnce();
	}

	/** A document was edited, or saved where `text` isn't given. */
	async changed(file: string, text?: string): Promise<void> {
		await this.#client.update(file, text);
		this.#feed.changed([file]);
	}

	async dispose(): Promise<void> {
		this.#ended.abort();
		const fed = this.#feed.dispose();
		await this.#client.dispose();
		await fed;
	}

	async #scan(): Promise<void> {
		await this.#client.scan(this.#ended.signal);
		this.#isScanned = true;
		this.#feedOnce();
	}

	#feedOnce(): void {
		if (
			this.#isScanned &&
			this.#processes > 0 &&
			!this.#ended.signal.aborted &&
			this.#fedProcess !== this.#processes
		) {
			this.#fedProcess = this.#processes;
			this.#feed.start();
		}
	}
}
