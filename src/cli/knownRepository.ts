import { nullLogger } from "../base/log.ts";
import { noContext, createContextEngine } from "../context/contextEngine.ts";
import { openRepositoryIndex } from "../context/index/openRepositoryIndex.ts";
import { readGitHistory } from "../context/sources/gitHistory.ts";
import type { RepositoryIndex } from "../context/index/repositoryIndex.ts";
import type { CollectContext } from "../completion/relatedCode.ts";
import type { Learner } from "../adaptation/learning.ts";
import { tokenCounts } from "../context/tokenCounts.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { grammarFiles, queryFolder, tagProcess } from "./defaults.ts";

/** The repository that completions know, headless: read once when it is opened. One at a time. */
export class KnownRepository implements AsyncDisposable {
	readonly #tokenizer: Tokenizer;
	readonly #learner: Learner;
	#index: RepositoryIndex | undefined;
	#collect: CollectContext | undefined;

	constructor(tokenizer: Tokenizer, learner: Learner) {
		this.#tokenizer = tokenizer;
		this.#learner = learner;
	}

	/** Throws a UserError when the folder can't be read. */
	async open(root: string): Promise<{ readonly files: number; readonly bytes: number }> {
		await this.#close();
		const index = await openRepositoryIndex({ root, grammarFiles, queryFolder, tagProcess });
		this.#index = index;
		const { signal } = new AbortController();
		const history = readGitHistory(root, nullLogger, signal);
		await index.scan(signal);
		for (const { path } of index.files()) {
			const text = index.textOf(path, 0, Number.MAX_SAFE_INTEGER);
			if (text !== undefined) {
				const tokens = this.#tokenizer.encode(text.replaceAll("\r\n", "\n").toWellFormed());
				await this.#learner.learn({ kind: "put", file: path, fingerprint: "", tokens });
			}
		}
		// The same questions get the same answers: none is asked before the history is read.
		await history;
		const engine = createContextEngine({ index, history, ...tokenCounts(this.#tokenizer) });
		this.#collect = (query, signal) => engine.collect(query, signal);
		const { files, bytes } = index.stats();
		return { files, bytes };
	}

	/** Nothing before a folder was opened. */
	readonly collect: CollectContext = async (query, signal) =>
		this.#collect === undefined ? noContext : await this.#collect(query, signal);

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#close();
	}

	async #close(): Promise<void> {
		this.#collect = undefined;
		const index = this.#index;
		this.#index = undefined;
		for (const { path } of index?.files() ?? []) {
			await this.#learner.learn({ kind: "remove", file: path });
		}
		await index?.[Symbol.asyncDispose]();
	}
}
