import type { Logger } from "../base/log.ts";
import type { TokenizedFile } from "../context/repository/repositoryClient.ts";
import { EngineError } from "../engine/errors.ts";
import type { Learner } from "../engine/learning.ts";
import type { TokenId } from "../tokenizer/tokenizer.ts";

/** The files of a repository as tokens. */
export interface TokenizedRepository {
	files(): Promise<readonly string[]>;
	/** Undefined for a file that is not indexed. */
	tokensOf(path: string): Promise<TokenizedFile | undefined>;
}

export interface RepositoryFeedOptions {
	readonly repository: TokenizedRepository;
	readonly learner: Learner;
	/** Where what was learned is saved. */
	readonly path: string;
	readonly logger: Logger;
}

/**
 * Brings what the engine has learned up to date with the repository: after the start with all files that
 * changed since what was saved, later with those that are named. One file at a time: the engine answers when it
 * has counted it, which waits for requests.
 */
export class RepositoryFeed {
	readonly #options: RepositoryFeedOptions;
	readonly #stop = new AbortController();
	#last: Promise<void> = Promise.resolve();
	#known = new Map<string, string>();

	constructor(options: RepositoryFeedOptions) {
		this.#options = options;
	}

	/** Everything, once for each process of the engine. */
	start(): void {
		this.#then(async () => {
			const { repository, learner, path } = this.#options;
			const { known } = await learner.learn({ kind: "open", path });
			this.#known = new Map(known);
			const files = await repository.files();
			const present = new Set(files);
			for (const file of known.keys()) {
				if (!present.has(file)) {
					await learner.learn({ kind: "remove", file });
				}
			}
			for (const file of files) {
				if (this.#stop.signal.aborted) {
					return;
				}
				await this.#put(file);
			}
			const report = await learner.learn({ kind: "save" });
			this.#options.logger.info(
				`Learned ${report.tokens} tokens of ${report.files} files, in ${Math.round(report.bytes / 2 ** 20)} MB.`,
			);
		});
	}

	/** These files were changed, created or deleted. */
	changed(paths: readonly string[]): void {
		this.#then(async () => {
			for (const file of paths) {
				await this.#put(file);
			}
		});
	}

	/** Ends after what is being sent. */
	async dispose(): Promise<void> {
		this.#stop.abort();
		await this.#last;
	}

	async #put(file: string): Promise<void> {
		const { repository, learner } = this.#options;
		const read = await repository.tokensOf(file);
		if (read === undefined) {
			await learner.learn({ kind: "remove", file });
			this.#known.delete(file);
			return;
		}
		if (this.#known.get(file) !== read.fingerprint) {
			await learner.learn({
				kind: "put",
				file,
				fingerprint: read.fingerprint,
				tokens: tokenIds(read.tokens),
			});
			this.#known.set(file, read.fingerprint);
		}
	}

	#then(work: () => Promise<void>): void {
		this.#last = this.#last.then(async () => {
			if (this.#stop.signal.aborted) {
				return;
			}
			try {
				await work();
			} catch (error) {
				if (!(error instanceof EngineError)) {
					throw error;
				}
				// The engine is gone, or will be; the next process is fed from the start.
				this.#options.logger.warn(`The repository is not learned: ${error.message}`);
			}
		});
	}
}

/** They come from the tokenizer of the engine's own model. */
function tokenIds(tokens: Int32Array): ArrayLike<TokenId> {
	return tokens as ArrayLike<number> as ArrayLike<TokenId>;
}
