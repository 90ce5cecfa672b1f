import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Learner } from "../adaptation/learning.ts";
import type { CollectContext } from "../completion/relatedCode.ts";
import type { RepositoryIndex } from "../context/index/repositoryIndex.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import type { CorpusEntry, CorpusFile } from "./corpusFile.ts";
import { withoutTruth, type Hole } from "./hole.ts";
import { entriesOf } from "./learnedScore.ts";

interface PackageContextParts {
	readonly corpus: CorpusFile;
	readonly tokenizer: Tokenizer;
	readonly learners: readonly Learner[];
	readonly openIndex: (root: string) => Promise<RepositoryIndex>;
	readonly createCollector: (index: RepositoryIndex) => CollectContext;
}

/**
 * The package around a case, for one case at a time: in a folder and an index for context, and learned by the
 * engines. The missing text is cut out of its file before either reads it.
 */
export class PackageContext implements AsyncDisposable {
	readonly #parts: PackageContextParts;
	#name: string | undefined;
	#folder: string | undefined;
	#index: RepositoryIndex | undefined;
	#collect: CollectContext | undefined;
	#entries: readonly CorpusEntry[] = [];
	/** The file that a case is missing from, and its whole text. */
	#open: CorpusEntry | undefined;

	constructor(parts: PackageContextParts) {
		this.#parts = parts;
	}

	/** Everything after this is about `asked`. */
	async enter(asked: Hole): Promise<void> {
		if (this.#name !== asked.package) {
			await this.#leave();
			await this.#read(asked.package);
		}
		await this.#restore();
		this.#open = this.#entries.find((entry) => entry.path === asked.path);
		await this.#learn((learner) => learner.learn({ kind: "remove", file: asked.path }));
		await this.#index?.update(safePath(asked.path), withoutTruth(asked));
	}

	/** Context for a place in the file of the case. */
	readonly collect: CollectContext = (query, signal) => {
		if (this.#collect === undefined) {
			throw new Error("a case is entered before context is collected for it");
		}
		return this.#collect({ ...query, path: safePath(query.path) }, signal);
	};

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#leave();
	}

	async #read(name: string): Promise<void> {
		const { corpus, openIndex, createCollector } = this.#parts;
		this.#name = name;
		this.#entries = entriesOf(corpus, name);
		const folder = await mkdtemp(path.join(tmpdir(), "mote-eval-"));
		this.#folder = folder;
		for (const entry of this.#entries) {
			const file = path.join(folder, safePath(entry.path));
			await mkdir(path.dirname(file), { recursive: true });
			await writeFile(file, await corpus.readText(entry));
			await this.#put(entry);
		}
		this.#index = await openIndex(folder);
		await this.#index.scan(new AbortController().signal);
		this.#collect = createCollector(this.#index);
	}

	/** The case before is over: its file is whole again. */
	async #restore(): Promise<void> {
		const entry = this.#open;
		this.#open = undefined;
		if (entry !== undefined) {
			await this.#put(entry);
			await this.#index?.update(safePath(entry.path), await this.#parts.corpus.readText(entry));
		}
	}

	async #put(entry: CorpusEntry): Promise<void> {
		const tokens = this.#parts.tokenizer.encode(await this.#parts.corpus.readText(entry));
		const { path: file } = entry;
		await this.#learn((learner) => learner.learn({ kind: "put", file, fingerprint: "", tokens }));
	}

	async #leave(): Promise<void> {
		for (const { path: file } of this.#entries) {
			await this.#learn((learner) => learner.learn({ kind: "remove", file }));
		}
		this.#entries = [];
		this.#open = undefined;
		this.#name = undefined;
		await this.#index?.[Symbol.asyncDispose]();
		this.#index = undefined;
		if (this.#folder !== undefined) {
			await rm(this.#folder, { recursive: true, force: true });
			this.#folder = undefined;
		}
	}

	async #learn(change: (learner: Learner) => Promise<unknown>): Promise<void> {
		for (const learner of this.#parts.learners) {
			await change(learner);
		}
	}
}

/** Paths in a corpus may come from anywhere; below the folder they stay. */
function safePath(file: string): string {
	return file
		.split(/[\\/]+/)
		.filter((part) => part !== "" && part !== "." && part !== "..")
		.join("/");
}
