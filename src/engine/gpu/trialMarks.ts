import * as z from "zod";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import type { BeforeEnd } from "../../base/process/endWork.ts";
import { isRunning } from "../../base/process/isRunning.ts";
import {
	RememberedMeasurements,
	type MeasuredOn,
	type MeasurementKind,
} from "../rememberedMeasurements.ts";
import type { GpuFault } from "./gpuFault.ts";
import type { GpuProvider } from "./gpuProviders.ts";

interface Mark {
	/** Of the process that tries it, or has tried it. */
	readonly processId: number;
	/** "hung": nobody waits for its end, and the process may well go on. */
	readonly state: "running" | "hung" | "over";
}

const gpuTrials: MeasurementKind<Mark> = {
	fileName: "gpu-trials.json",
	value: z.strictObject({
		processId: z.int().nonnegative(),
		state: z.enum(["running", "hung", "over"]),
	}),
	subject: "which tries of a graphics card came to an end",
	consequence: "one that ends the engine is made again",
};

/** Who may be running. */
export interface Processes {
	readonly ownId: number;
	readonly isRunning: (processId: number) => boolean;
	/** Of this one; without it an end in the middle of a trial counts as the trial's fault. */
	readonly beforeEnd?: BeforeEnd | undefined;
}

/** How often it is looked whether another window is done. */
const lookEveryMs = 250;

export const systemProcesses: Processes = { ownId: process.pid, isRunning };

export interface TrialMarksOptions {
	/** Where they are remembered; without it nothing is. */
	readonly folder: string | undefined;
	readonly processes: Processes;
	/** For so long others are waited for, all in all. */
	readonly maxWaitMs: number;
	readonly clock: Clock;
	readonly logger: Logger;
}

/**
 * Marks on the disk that stand while a model is loaded into a provider and tried there, at each start. A driver may end the process, or never return: the
 * next start finds the mark, and doesn't run into the same. Where the process is told to end in the meantime, it takes the mark away.
 */
export class TrialMarks {
	readonly #marks: RememberedMeasurements<Mark> | undefined;
	readonly #processes: Processes;
	readonly #clock: Clock;
	#leftToWaitMs: number;

	constructor({ folder, processes, maxWaitMs, clock, logger }: TrialMarksOptions) {
		this.#marks =
			folder === undefined ? undefined : new RememberedMeasurements(folder, gpuTrials, logger);
		this.#processes = processes;
		this.#clock = clock;
		this.#leftToWaitMs = maxWaitMs;
	}

	/**
	 * Waits while another process tries a provider, as the windows do that an editor opens together. Then says why the provider must
	 * not be tried now; undefined where it may.
	 */
	async afterOthers(provider: GpuProvider, key: MeasuredOn): Promise<GpuFault | undefined> {
		for (;;) {
			const fault = await this.#find(provider, key);
			if (fault?.kind !== "tried" || this.#leftToWaitMs <= 0) {
				return fault;
			}
			await this.#clock.sleep(lookEveryMs);
			this.#leftToWaitMs -= lookEveryMs;
		}
	}

	async #find(provider: GpuProvider, key: MeasuredOn): Promise<GpuFault | undefined> {
		const mark = await this.#marks?.find(keyFor(provider, key));
		if (mark === undefined || mark.state === "over") {
			return undefined;
		}
		const { ownId, isRunning } = this.#processes;
		const isTried =
			mark.state === "running" && mark.processId !== ownId && isRunning(mark.processId);
		return { kind: isTried ? "tried" : "endedProcess" };
	}

	/** Runs `trial`, which never rejects, with a mark that is on the disk before it begins, and that says at its end whether it hung. */
	async during<Result>(
		provider: GpuProvider,
		key: MeasuredOn,
		trial: () => Promise<Result>,
		hasHung: (result: Result) => boolean,
	): Promise<Result> {
		const marked = this.#set(provider, key, "running");
		const withdraw = this.#processes.beforeEnd?.(async () => {
			await marked;
			await this.#set(provider, key, "over");
		});
		await marked;
		const result = await trial();
		await this.#set(provider, key, hasHung(result) ? "hung" : "over");
		withdraw?.();
		return result;
	}

	async #set(provider: GpuProvider, key: MeasuredOn, state: Mark["state"]): Promise<void> {
		const processId = this.#processes.ownId;
		await this.#marks?.remember(keyFor(provider, key), { processId, state });
	}
}

const keyFor = (provider: GpuProvider, key: MeasuredOn): MeasuredOn => ({
	...key,
	runtime: `${provider}, ${key.runtime}`,
});
