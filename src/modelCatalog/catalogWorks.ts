import type { Clock } from "../base/clock.ts";
import type { WorkListener, WorkOutcome } from "../modelProcess/libraryClient.ts";
import type { Work } from "./catalogFacts.ts";
import { DownloadSpeed } from "./downloadSpeed.ts";

export interface CatalogWorksOptions {
	/** Something that is shown has changed. */
	readonly onDidChange: () => void;
	/** A sentence for whoever is looking. */
	readonly onNotice: (sentence: string) => void;
	readonly clock: Clock;
}

/** What is being done in a window, or was done in vain, by keys of its own. */
export class CatalogWorks {
	readonly #options: CatalogWorksOptions;
	readonly #works = new Map<string, Work>();
	readonly #pauses = new Map<string, AbortController>();

	constructor(options: CatalogWorksOptions) {
		this.#options = options;
	}

	get all(): ReadonlyMap<string, Work> {
		return this.#works;
	}

	/** From {@link run} until {@link end}. */
	isRunning(key: string): boolean {
		return this.#pauses.has(key);
	}

	/** Begins a piece of work of the library and shows how far it is. Rejects as `begin` does. */
	async run(
		key: string,
		isForChat: boolean,
		begin: (listener: WorkListener) => Promise<WorkOutcome>,
	): Promise<WorkOutcome> {
		const { clock, onNotice } = this.#options;
		const pause = new AbortController();
		const speed = new DownloadSpeed();
		const running = { kind: "running", isForChat } as const;
		this.#pauses.set(key, pause);
		this.set(key, { ...running, step: { kind: "waiting" }, bytesPerSecond: undefined });
		return await begin({
			onStep: (step) => {
				const bytesPerSecond =
					step.kind === "downloading" ? speed.add(step.doneBytes, clock.now()) : undefined;
				this.set(key, { ...running, step, bytesPerSecond });
			},
			onNotice,
			signal: pause.signal,
		});
	}

	/** What is shown of it from now on; undefined for nothing. */
	set(key: string, work: Work | undefined): void {
		if (work === undefined) {
			this.#works.delete(key);
		} else {
			this.#works.set(key, work);
		}
		this.#options.onDidChange();
	}

	/** It may be begun again. */
	end(key: string): void {
		this.#pauses.delete(key);
		this.#options.onDidChange();
	}

	/** What came is kept. */
	pause(key: string): void {
		this.#pauses.get(key)?.abort();
	}

	pauseAll(): void {
		for (const pause of this.#pauses.values()) {
			pause.abort();
		}
	}
}
