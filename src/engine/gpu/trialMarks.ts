import * as z from "zod";
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
	readonly isOver: boolean;
}

const gpuTrials: MeasurementKind<Mark> = {
	fileName: "gpu-trials.json",
	value: z.strictObject({ processId: z.int().nonnegative(), isOver: z.boolean() }),
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

export const systemProcesses: Processes = { ownId: process.pid, isRunning };

/**
 * Marks on the disk that stand while a model is loaded into a provider and tried there, at each start. A driver may end the process, or never return: the
 * next start finds the mark, and doesn't run into the same. Where the process is told to end in the meantime, it takes the mark away.
 */
export class TrialMarks {
	readonly #marks: RememberedMeasurements<Mark> | undefined;
	readonly #processes: Processes;

	/** Without a folder nothing is remembered. */
	constructor(folder: string | undefined, processes: Processes, logger: Logger) {
		this.#marks =
			folder === undefined ? undefined : new RememberedMeasurements(folder, gpuTrials, logger);
		this.#processes = processes;
	}

	/** Why a provider must not be tried now; undefined where it may. */
	async find(provider: GpuProvider, key: MeasuredOn): Promise<GpuFault | undefined> {
		const mark = await this.#marks?.find(keyFor(provider, key));
		if (mark === undefined || mark.isOver) {
			return undefined;
		}
		const { ownId, isRunning } = this.#processes;
		const isElsewhere = mark.processId !== ownId && isRunning(mark.processId);
		return { kind: isElsewhere ? "tried" : "endedProcess" };
	}

	/** Runs `trial`, which never rejects, with a mark that is on the disk before it begins and stays there if it hung. */
	async during<Result>(
		provider: GpuProvider,
		key: MeasuredOn,
		trial: () => Promise<Result>,
		hasHung: (result: Result) => boolean,
	): Promise<Result> {
		const marked = this.#set(provider, key, false);
		const withdraw = this.#processes.beforeEnd?.(async () => {
			await marked;
			await this.#set(provider, key, true);
		});
		await marked;
		const result = await trial();
		if (!hasHung(result)) {
			await this.#set(provider, key, true);
		}
		withdraw?.();
		return result;
	}

	async #set(provider: GpuProvider, key: MeasuredOn, isOver: boolean): Promise<void> {
		const processId = this.#processes.ownId;
		await this.#marks?.remember(keyFor(provider, key), { processId, isOver });
	}
}

const keyFor = (provider: GpuProvider, key: MeasuredOn): MeasuredOn => ({
	...key,
	runtime: `${provider}, ${key.runtime}`,
});
