import { yieldToEventLoop } from "../base/abort.ts";
import type { TokenId } from "../tokenizer/tokenizer.ts";
import {
	LearningError,
	type AdaptationRequest,
	type LearnChange,
	type Learner,
	type LearnReport,
} from "./learning.ts";
import { LiveText } from "./liveText.ts";
import { MixtureWeights } from "./mixtureWeights.ts";
import { NgramIndex } from "./ngramIndex.ts";
import { loadNgramIndex, saveNgramIndex } from "./ngramIndexStore.ts";
import { RequestMixing } from "./requestMixing.ts";

export interface AdaptationOptions {
	/** Every token id is below it. */
	readonly vocabularySize: number;
	/** Tells vocabularies apart in what is saved, such as a checksum of the tokenizer's file. */
	readonly vocabulary: string;
	/** For the counts of the repository. */
	readonly maxBytes?: number;
}

/** Enough for about four million tokens, a repository of half a million lines. */
const defaultMaxBytes = 192 * 2 ** 20;

/** Longest stretch of counting in the background, in milliseconds: what a request may have to wait. */
const sliceMs = 2;

/**
 * All that decoding learns: the n-grams of the repository, those of the file at hand, and how much either is
 * trusted. Lives as long as the engine.
 *
 * Counting what was put waits while a request runs, so that it never makes one slower; `resume` goes on.
 */
export class Adaptation implements Learner {
	readonly #options: AdaptationOptions;
	readonly #live: LiveText;
	readonly #weights = new MixtureWeights();
	#index: NgramIndex;
	#path: string | undefined;
	/** The end of all changes so far; never rejects. */
	#last: Promise<unknown> = Promise.resolve();
	#isBusy = false;
	#resumed: (() => void)[] = [];
	#current: RequestMixing | undefined;

	constructor(options: AdaptationOptions) {
		this.#options = options;
		this.#live = new LiveText(options.vocabularySize);
		this.#index = this.#emptyIndex();
	}

	learn(change: LearnChange): Promise<LearnReport> {
		const done = this.#last.then(() => this.#apply(change));
		this.#last = done.catch(() => undefined);
		return done;
	}

	/** A request is about to run: counting in the background waits until {@link resume}. */
	pause(): void {
		this.#isBusy = true;
	}

	resume(): void {
		this.#isBusy = false;
		const waiting = this.#resumed;
		this.#resumed = [];
		for (const go of waiting) {
			go();
		}
	}

	/** @param unmixed Tokens that end the answer; no file holds them. */
	begin(request: AdaptationRequest, unmixed: readonly TokenId[]): RequestMixing {
		this.#current?.learnFrom(request);
		this.#index.touch(request.file);
		const mixing: RequestMixing = new RequestMixing({
			request,
			weights: this.#weights,
			unmixed,
			repository: this.#index.without(request.file),
			live: this.#live,
			take: () => this.#take(mixing),
		});
		this.#take(mixing);
		return mixing;
	}

	/** The live text is one; whoever runs makes it its own. */
	#take(mixing: RequestMixing): void {
		if (this.#current !== mixing) {
			this.#current = mixing;
			this.#live.update(mixing.request.before, mixing.request.after);
		}
	}

	/** Never in the middle of a request: what counts in one is what counted when it started. */
	async #apply(change: LearnChange): Promise<LearnReport> {
		while (this.#isBusy) {
			await this.#nextResume();
		}
		switch (change.kind) {
			case "open":
				await this.#open(change.path);
				return this.#report(this.#knownFiles());
			case "put":
				this.#checkTokens(change.tokens);
				this.#index.putFile(change.file, change.tokens, change.fingerprint);
				await this.#settle();
				return this.#report(new Map());
			case "remove":
				this.#index.removeFile(change.file);
				await this.#settle();
				return this.#report(new Map());
			case "save":
				await this.#save();
				return this.#report(new Map());
		}
	}

	/** What can't be used is no fault of the user's, and no loss: it is read again. */
	async #open(path: string): Promise<void> {
		this.#path = path;
		this.#index = this.#emptyIndex();
		const opened = await loadNgramIndex(path, this.#indexOptions());
		if (opened.kind === "opened") {
			this.#index = opened.index;
		}
	}

	async #save(): Promise<void> {
		if (this.#path === undefined) {
			return;
		}
		try {
			await saveNgramIndex(this.#path, this.#index, this.#options.vocabulary);
		} catch (error) {
			throw new LearningError(
				"storageFailed",
				`What was learned of the repository could not be saved (${String(error)}); make room on the disk, or it is read again next time.`,
				{ cause: error },
			);
		}
	}

	#checkTokens(tokens: ArrayLike<TokenId>): void {
		for (const token of Array.from(tokens)) {
			if (!(Number.isInteger(token) && token >= 0 && token < this.#options.vocabularySize)) {
				throw new LearningError(
					"runtimeFailed",
					"A file was tokenized for another model; restart the engine.",
				);
			}
		}
	}

	/** Counts what is pending, a slice at a time and only while no request runs. */
	async #settle(): Promise<void> {
		while (this.#index.work(sliceMs)) {
			await yieldToEventLoop();
			while (this.#isBusy) {
				await this.#nextResume();
			}
		}
	}

	/** Resolves with the next call of {@link resume}; another request may have come since. */
	#nextResume(): Promise<void> {
		return new Promise((resolve) => this.#resumed.push(resolve));
	}

	#knownFiles(): ReadonlyMap<string, string> {
		return new Map(this.#index.contents().files.map(([file, { stamp }]) => [file, stamp]));
	}

	#report(known: ReadonlyMap<string, string>): LearnReport {
		const { files, tokens, bytes } = this.#index.statistics();
		return { known, files, tokens, bytes };
	}

	#indexOptions(): { vocabularySize: number; maxBytes: number; vocabulary: string } {
		const { vocabularySize, vocabulary, maxBytes = defaultMaxBytes } = this.#options;
		return { vocabularySize, vocabulary, maxBytes };
	}

	#emptyIndex(): NgramIndex {
		return new NgramIndex(this.#indexOptions());
	}
}
