import { assert } from "../../src/base/assert.ts";
import type {
	Engine,
	FinishReason,
	GeneratedToken,
	GenerateRequest,
	GenerateResult,
} from "../../src/engine/engine.ts";
import type { Tokenizer } from "../../src/tokenizer/tokenizer.ts";
import { settle } from "./fakeClock.ts";

export type EngineScript =
	/** Writes `text` token by token and ends. All are certain but for the first, where `probability` says so. */
	| {
			readonly kind: "answer";
			readonly text: string;
			readonly finishReason?: FinishReason;
			readonly probability?: number;
			/** What the engine says of the prompt that it answered. */
			readonly isStandIn?: boolean;
	  }
	/** Writes `text` and then waits until it is aborted or {@link ScriptedEngine.release} is called. */
	| { readonly kind: "hold"; readonly text: string; readonly then?: string }
	/** At once, or when it is aborted. */
	| { readonly kind: "fail"; readonly error: Error; readonly whenAborted?: boolean };

/** An Engine that follows a script, one entry for each request, and records what it was asked. */
export class ScriptedEngine implements Engine {
	readonly requests: GenerateRequest[] = [];
	readonly signals: AbortSignal[] = [];
	/** How each request ended, in the order in which they did. */
	readonly ends: FinishReason[] = [];
	readonly #tokenizer: Tokenizer;
	readonly #scripts: EngineScript[] = [];
	#released = Promise.withResolvers<undefined>();

	constructor(tokenizer: Tokenizer) {
		this.#tokenizer = tokenizer;
	}

	enqueue(...scripts: EngineScript[]): void {
		this.#scripts.push(...scripts);
	}

	/** Lets the request that is held go on. */
	async release(): Promise<void> {
		this.#released.resolve(undefined);
		await settle();
	}

	async *generate(
		request: GenerateRequest,
		signal: AbortSignal,
	): AsyncGenerator<readonly GeneratedToken[], GenerateResult, void> {
		this.requests.push(request);
		this.signals.push(signal);
		const script = this.#scripts.shift();
		assert(script !== undefined, "the engine was asked more often than the script says");
		await Promise.resolve();
		if (script.kind === "fail") {
			if (script.whenAborted === true && !signal.aborted) {
				await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
			}
			throw script.error;
		}
		let count = 0;
		const healed = new TextDecoder().decode(request.healBytes ?? new Uint8Array());
		for (const id of this.#tokenizer.encode(healed + script.text)) {
			if (signal.aborted) {
				return this.#end("aborted", request, count);
			}
			const first = script.kind === "answer" ? (script.probability ?? 1) : 1;
			yield [{ id, probability: count === 0 ? first : 1 }];
			count++;
		}
		if (script.kind === "answer") {
			return this.#end(script.finishReason ?? "stop", request, count, script.isStandIn);
		}
		this.#released = Promise.withResolvers<undefined>();
		const stop = (): void => this.#released.resolve(undefined);
		signal.addEventListener("abort", stop, { once: true });
		await this.#released.promise;
		if (!signal.aborted) {
			for (const id of this.#tokenizer.encode(script.then ?? "")) {
				yield [{ id, probability: 1 }];
			}
		}
		return this.#end(signal.aborted ? "aborted" : "stop", request, count);
	}

	dispose(): Promise<void> {
		return Promise.resolve();
	}

	#end(
		finishReason: FinishReason,
		request: GenerateRequest,
		count: number,
		isStandIn = false,
	): GenerateResult {
		this.ends.push(finishReason);
		return {
			finishReason,
			stats: {
				promptTokens: request.prompt.length,
				isStandIn,
				reusedTokens: 0,
				prefilledTokens: request.prompt.length,
				generatedTokens: count,
				draftedTokens: 0,
				acceptedTokens: 0,
				decodePasses: count,
				queuedMs: 0,
				firstTokenMs: count > 0 ? 1 : undefined,
				totalMs: 2,
				adaptation: undefined,
			},
		};
	}
}
