import type { Backend } from "./backend.ts";
import { PrefillChunk } from "./prefillChunk.ts";
import { DraftLength } from "./speculative/draftLength.ts";

/** How large passes are, by what those before took: forgotten when another runtime takes over, for which it says nothing. */
export class PassSizes {
	readonly #backend: Backend;
	readonly #fixedPrefillTokens: number | undefined;
	#takeovers: number | undefined;
	#draftLength: DraftLength;
	#prefillChunk: PrefillChunk;

	/** @param fixedPrefillTokens Of a pass over the prompt, where it isn't to be measured. */
	constructor(backend: Backend, fixedPrefillTokens?: number) {
		this.#backend = backend;
		this.#fixedPrefillTokens = fixedPrefillTokens;
		this.#takeovers = backend.takeovers;
		this.#draftLength = new DraftLength();
		this.#prefillChunk = new PrefillChunk(backend.stopsWithinPass, fixedPrefillTokens);
	}

	/** Another one after a takeover, as the other: what a pass has taken belongs to the one from before it. */
	get draftLength(): DraftLength {
		this.#follow();
		return this.#draftLength;
	}

	get prefillChunk(): PrefillChunk {
		this.#follow();
		return this.#prefillChunk;
	}

	#follow(): void {
		const { takeovers, stopsWithinPass } = this.#backend;
		if (takeovers !== this.#takeovers) {
			this.#takeovers = takeovers;
			this.#draftLength = new DraftLength();
			this.#prefillChunk = new PrefillChunk(stopsWithinPass, this.#fixedPrefillTokens);
		}
	}
}
