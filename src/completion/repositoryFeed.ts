import { abortReason } from "../base/abort.ts";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { TokenizedFile } from "../context/repository/repositoryClient.ts";
import { EngineError } from "../engine/errors.ts";
import type { Learner } from "../adaptation/learning.ts";
import type { TokenId } from "../tokenizer/tokenizer.ts";

/** The files of a repository as tokens. */
export interface TokenizedRepository {
	/** Undefined when it can no longer be told. */
	files(): Promise<readonly string[] | undefined>;
	/** Without a file for one that is not indexed; undefined when that can no longer be told. */
	tokensOf(path: string): Promise<{ readonly file?: TokenizedFile | undefined } | undefined>;
}

export interface RepositoryFeedOptions {
	readonly repository: TokenizedRepository;
	readonly learner: Learner;
	/** Where what was learned is saved. */
	readonly path: string;
	readonly clock: Clock;
	readonly logger: Logger;
}

/** Changes are saved when none has come for so long: the file is written as a whole. */
const saveAfterMs = 30_000;

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
	/** Whether something was learned since it was saved. */
	#isUnsaved = false;
	#pause = new AbortController();

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
			if (files === undefined) {
				return;
			}
			const present = new Set(files);
			for (const file of known.keys()) {
				if (!present.has(file)) {
					await this.#remove(file);
				}
			}
			for (const file of files) {
				if (this.#stop.signal.aborted) {
					return;
				}
				await this.#put(file);
			}
			this.#isUnsaved = false;
			const report = await learner.learn({ kind: "save" });
			this.#options.logger.info(
				`Learned ${report.tokens} tokens of ${report.files} files, in ${Math.round(report.bytes / 2 ** 20)} MB.`,
			);
		});
	}

	/** These files were changed, created or deleted; or folders, with all that was in them. */
	changed(paths: readonly string[]): void {
		this.#then(async () => {
			for (const file of paths) {
				if (this.#stop.signal.aborted) {
					return;
				}
				await this.#put(file);
			}
			if (this.#isUnsaved) {
				void this.#saveAfterPause();
			}
		});
	}

	/** Ends after what is being sent. */
	async dispose(): Promise<void> {
		this.#stop.abort(abortReason);
		await this.#last;
	}

	async #put(file: string): Promise<void> {
		const { repository, learner } = this.#options;
		const answer = await repository.tokensOf(file);
		if (answer === undefined) {
			return;
		}
		const read = answer.file;
		if (read === undefined) {
			// A folder that is deleted is one change. What is ignored changes often, and was never learned.
			for (const known of this.#known.keys()) {
				if (known === file || known.startsWith(`${file}/`)) {
					await this.#remove(known);
				}
			}
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
			this.#isUnsaved = true;
		}
	}

	async #remove(file: string): Promise<void> {
		await this.#options.learner.learn({ kind: "remove", file });
		this.#known.delete(file);
		this.#isUnsaved = true;
	}

	async #saveAfterPause(): Promise<void> {
		this.#pause.abort(abortReason);
		const pause = new AbortController();
		this.#pause = pause;
		await this.#options.clock.sleep(
			saveAfterMs,
			AbortSignal.any([pause.signal, this.#stop.signal]),
		);
		if (!pause.signal.aborted) {
			this.#then(async () => {
				this.#isUnsaved = false;
				await this.#options.learner.learn({ kind: "save" });
			});
		}
	}

	#then(work: () => Promise<void>): void {
		this.#last = this.#last.then(async () => {
			const isStopped = (): boolean => this.#stop.signal.aborted;
			if (isStopped()) {
				return;
			}
			try {
				await work();
			} catch (error) {
				if (!(error instanceof EngineError)) {
					const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
					this.#options.logger.error(`Learning the repository failed because of a bug: ${detail}`);
					return;
				}
				// The engine is gone, or will be; the next process is fed from the start. One that rests is no fault.
				if (!isStopped() && error.code !== "resting") {
					this.#options.logger.warn(`The repository is not learned: ${error.message}`);
				}
			}
		});
	}
}

/** They come from the tokenizer of the engine's own model. */
function tokenIds(tokens: Int32Array): ArrayLike<TokenId> {
	return tokens as ArrayLike<number> as ArrayLike<TokenId>;
}
