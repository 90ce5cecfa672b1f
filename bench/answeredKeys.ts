import { systemClock } from "../src/base/clock.ts";
import { nullLogger } from "../src/base/log.ts";
import type {
	CompletionProvider,
	CompletionRequest,
} from "../src/completion/completionProvider.ts";
import {
	createCompletionProvider,
	type CompletionDependencies,
} from "../src/completion/createCompletionProvider.ts";
import { defaultCompletionConfig } from "../src/completion/defaultConfig.ts";
import type { GenerateStats } from "../src/engine/engine.ts";

/** What came of a key: the wait for its answer, of whatever kind, and what the engine did for it; undefined where it wasn't asked. */
export interface AnsweredKey {
	readonly answerMs: number;
	readonly stats: GenerateStats | undefined;
}

/** The whole pipeline with cold caches, asked one key after the other, without the debounce. */
export class AnsweredKeys {
	readonly #provider: CompletionProvider;
	#onFinish: (stats: GenerateStats | undefined) => void = () => undefined;

	constructor(parts: Pick<CompletionDependencies, "engine" | "tokenizer" | "manifest" | "syntax">) {
		this.#provider = createCompletionProvider({
			...parts,
			...{ clock: systemClock, logger: nullLogger },
			onDidFinish: (_, stats) => {
				this.#onFinish(stats);
			},
		});
	}

	/** Resolves when the engine has stopped, which the answer doesn't wait for. */
	async ask(request: Omit<CompletionRequest, "trigger">): Promise<AnsweredKey> {
		const finished = new Promise<GenerateStats | undefined>(
			(resolve) => (this.#onFinish = resolve),
		);
		const startMs = systemClock.now();
		await this.#provider.provide(
			{ ...request, trigger: "automatic" },
			{ ...defaultCompletionConfig, debounceMs: 0 },
			new AbortController().signal,
		);
		const answerMs = systemClock.now() - startMs;
		return { answerMs, stats: await finished };
	}

	dispose(): void {
		this.#provider.dispose();
	}
}
