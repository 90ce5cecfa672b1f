import type { Clock } from "../../src/base/clock.ts";
import {
	chooseBackend,
	type ChosenBackend,
	type ModelRuntime,
} from "../../src/engine/gpu/chooseBackend.ts";
import type { GpuSetting } from "../../src/engine/gpu/gpuProviders.ts";
import type { Processes } from "../../src/engine/gpu/trialMarks.ts";
import { recordingLogger } from "./recordingLogger.ts";
import type { ScriptedModelRuntime } from "./scriptedModelRuntime.ts";

/** Longest trial, in milliseconds. */
export const trialMs = 20_000;

/** No other process of this machine tries anything. */
export const alone: Processes = { ownId: 100, isRunning: () => false };

/** What is chosen where `runtime` scripts the machine. */
export async function chosen(
	runtime: ScriptedModelRuntime,
	changes: {
		readonly runtime?: ModelRuntime;
		readonly setting?: GpuSetting;
		readonly cacheFolder?: string;
		readonly mayLoadTwice?: boolean;
		readonly processes?: Processes;
		readonly clock?: Clock;
	} = {},
	log: string[] = [],
): Promise<ChosenBackend> {
	return await chooseBackend({
		setting: "auto",
		runtime,
		key: () =>
			Promise.resolve({
				processor: "p",
				runtime: "1.30.0",
				threads: 2,
				weights: "0".repeat(64),
			}),
		trialMs,
		mayLoadTwice: true,
		clock: runtime.clock,
		cacheFolder: undefined,
		processes: alone,
		logger: { ...recordingLogger(log), info: () => undefined },
		...changes,
	});
}

/** `runtime`, but for how a model is loaded into a GPU. */
export const openingBy = (
	runtime: ScriptedModelRuntime,
	openGpu: ModelRuntime["openGpu"],
): ModelRuntime => ({
	platform: runtime.platform,
	look: (provider) => runtime.look(provider),
	openCpu: () => runtime.openCpu(),
	openGpu,
});
