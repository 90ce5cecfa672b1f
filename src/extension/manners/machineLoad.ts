import { cpus, loadavg } from "node:os";
import type { Clock } from "../../base/clock.ts";
import { once } from "../../base/once.ts";
import type { CompletionConfig } from "../../completion/completionProvider.ts";
import type { GenerateStats } from "../../engine/engine.ts";

/**
 * How much others want of this machine. "busy": what nobody has asked for waits. "crowded": in addition fewer keys are asked
 * about.
 */
export type LoadLevel = "calm" | "busy" | "crowded";

export interface LoadSigns {
	/** Programs that run or wait to, for each core, in the mean of a minute; 0 where the system doesn't count them. */
	readonly perCore: number;
	/** How many times longer the engine's passes take than at their best; undefined before enough were seen. */
	readonly slowdown: number | undefined;
}

/**
 * Where a level begins. Above one program for each core somebody waits in the mean; the quarter leaves room for Mote's own engine, which
 * runs in bursts. With the context and with what it verifies a pass takes up to twice as long; four times as long, and it was held up.
 */
const thresholds = {
	busy: { perCore: 1.25, slowdown: 4 },
	crowded: { perCore: 2.5, slowdown: 8 },
} as const;

/** A level ends where signs are below this share of what it began with, so that it doesn't come and go. */
const endShare = 0.7;

/** The level after `signs`, when it was `level` before. */
export function nextLoadLevel(level: LoadLevel, { perCore, slowdown = 1 }: LoadSigns): LoadLevel {
	const reaches = (name: "busy" | "crowded", isOver: boolean): boolean => {
		const share = isOver ? endShare : 1;
		const threshold = thresholds[name];
		return perCore >= threshold.perCore * share || slowdown >= threshold.slowdown * share;
	};
	if (reaches("crowded", level === "crowded")) {
		return "crowded";
	}
	return reaches("busy", level !== "calm") ? "busy" : "calm";
}

/** Verifying a drafted token beside others costs about half of a pass of its own. */
const draftedShare = 0.5;

/** How much the newest answer counts: the mean follows a change within about five. */
const sampleWeight = 0.2;

/** The best is forgotten by so much with each answer, or one lucky measurement would count for good. */
const bestRise = 1.01;

/** Before so many answers nobody knows what is usual. */
const minSamples = 10;

/** How long the engine's passes take, against the best that was seen of them. */
export class PassTimes {
	#bestMs = Infinity;
	#meanMs = 0;
	#samples = 0;

	/** Undefined until enough was seen. */
	get slowdown(): number | undefined {
		return this.#samples < minSamples ? undefined : this.#meanMs / this.#bestMs;
	}

	note({ firstTokenMs, totalMs, decodePasses, draftedTokens }: GenerateStats): void {
		const work = decodePasses + draftedShare * draftedTokens;
		if (firstTokenMs === undefined || work < 2 || totalMs <= firstTokenMs) {
			return;
		}
		const passMs = (totalMs - firstTokenMs) / work;
		this.#bestMs = Math.min(this.#bestMs * bestRise, passMs);
		this.#meanMs =
			this.#samples === 0 ? passMs : this.#meanMs + sampleWeight * (passMs - this.#meanMs);
		this.#samples++;
	}
}

/** The system's own figure changes every five seconds. */
const holdsMs = 5000;

/** Beyond what the editor waits for by itself: of fast typing only the pauses are asked about. */
const crowdedDebounceMs = 120;

export interface MachineLoadOptions {
	/** Whether the user wants Mote to yield at all. */
	readonly isWanted: () => boolean;
	/** See {@link LoadSigns.perCore}. */
	readonly perCore: () => number;
	readonly clock: Clock;
}

/** Whether this machine has time for what nobody has asked for. Looks behind answers and before idle work, never at a key. */
export class MachineLoad {
	readonly #options: MachineLoadOptions;
	#passTimes = new PassTimes();
	#level: LoadLevel = "calm";
	#perCore = 0;
	#measuredAtMs = -Infinity;

	constructor(options: MachineLoadOptions) {
		this.#options = options;
	}

	/** As it was when somebody last looked. */
	get level(): LoadLevel {
		return this.#options.isWanted() ? this.#level : "calm";
	}

	/** Looks, where that was some seconds ago. */
	measure(): LoadLevel {
		const now = this.#options.clock.now();
		if (now - this.#measuredAtMs >= holdsMs) {
			this.#measuredAtMs = now;
			this.#perCore = this.#options.perCore();
			const { slowdown } = this.#passTimes;
			this.#level = nextLoadLevel(this.#level, { perCore: this.#perCore, slowdown });
		}
		return this.level;
	}

	/** An answer was given; undefined where the engine had no part in it. */
	noteAnswer(stats: GenerateStats | undefined): void {
		if (stats !== undefined) {
			this.#passTimes.note(stats);
		}
		this.measure();
	}

	/** Another model, or another way of running it: what was usual says nothing any more. */
	engineStarted(): void {
		this.#passTimes = new PassTimes();
	}

	/** What a request is asked with now. Who has turned the wait off gets none. */
	paced(config: CompletionConfig): CompletionConfig {
		const { debounceMs } = config;
		return this.level === "crowded" && debounceMs > 0 && debounceMs < crowdedDebounceMs
			? { ...config, debounceMs: crowdedDebounceMs }
			: config;
	}

	/** What it means for suggestions, in a sentence; undefined while there is nothing to say. */
	get notice(): string | undefined {
		const { level } = this;
		if (level === "calm") {
			return undefined;
		}
		const figure = this.#perCore.toLocaleString("en", { maximumFractionDigits: 1 });
		const signs =
			this.#perCore > 0 ? ` (${figure} programs for each core, in the mean of a minute)` : "";
		return level === "busy"
			? `This machine is busy${signs}: nothing is read before somebody types (mote.yieldWhenBusy).`
			: `This machine is very busy${signs}: nothing is read before somebody types, and the wait after a key is longer (mote.yieldWhenBusy).`;
	}
}

/** Of the whole machine, also where a container may use only a part of it: programs are counted there too. */
const coresOfMachine = once(() => Math.max(1, cpus().length));

/** What the system counts; 0 on Windows, which doesn't. */
export function machineLoadPerCore(): number {
	const [minute = 0] = loadavg();
	return minute / coresOfMachine();
}
