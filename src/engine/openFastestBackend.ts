import { cpus } from "node:os";
import { dirname } from "node:path";
import type { Logger } from "../base/log.ts";
import type { BeforeEnd } from "../base/process/endWork.ts";
import type { ForkedProcess } from "../base/process/forkProcess.ts";
import type { Backend } from "./backend.ts";
import { backendNameOnGpu, backendNameWithoutGpu } from "./backendName.ts";
import { openDeviceProcess } from "./deviceProcess/deviceProcessBackend.ts";
import { FallbackBackend, type FallbackOptions } from "./fallbackBackend.ts";
import { chooseBackend, type ModelRuntime } from "./gpu/chooseBackend.ts";
import { gpuFaultOf, gpuFaultReason } from "./gpu/gpuFault.ts";
import { thisMachine, type Machine } from "./gpu/gpuPresence.ts";
import { providerNames, type GpuProvider, type GpuSetting } from "./gpu/gpuProviders.ts";
import { systemProcesses } from "./gpu/trialMarks.ts";
import { openBackend, type OpenBackendOptions, type OpenedBackend } from "./openBackend.ts";
import { lookForGpu, openGpuBackend } from "./openGpuBackend.ts";
import { openDeviceBackend } from "./ort/deviceBackend.ts";
import { maxTimedWeightsBytes } from "./ort/graphChoice.ts";
import { openOrtBackend } from "./ort/ortBackend.ts";
import { runtimeVersion } from "./ort/runtime.ts";

export interface OpenFastestOptions extends OpenBackendOptions {
	readonly gpu: GpuSetting;
	/** A folder with libraries for GPUs that don't come with Mote; undefined where the user names none. */
	readonly gpuLibraries: string | undefined;
	/**
	 * Starts a process for {@link serveDevice}, for what blocks its thread: it is ended when it hangs. Without it such a GPU runs
	 * in this process.
	 */
	readonly startDeviceProcess?: (() => ForkedProcess) | undefined;
	/** Of this process: what is noted there says that it wasn't a GPU that has ended it. */
	readonly beforeEnd?: BeforeEnd | undefined;
	/** Where drivers are looked for; on this machine without it. */
	readonly machine?: Machine | undefined;
}

/**
 * A pass that takes longer is given up, and the processor goes on. Chunks of a prompt aim at a twentieth of it, which leaves
 * room for kernels that are compiled in the first pass of a size: before anybody waits, a model that isn't timed at this start
 * has run one pass of two tokens only.
 */
const maxPassMs = 1500;

/** A disk, bus or pipe that is busy moves 100 MB in a second. */
const msPerByte = 1000 / 1e8;

/** For a trial, beside the weights that are moved: drivers compile kernels for seconds. */
const leastTrialMs = 20_000;

/** Of onnxruntime-node, whose passes block the thread. CUDA runs through the addon, on threads of its own. */
const blocksThread = (provider: GpuProvider): boolean => provider !== "cuda";

/**
 * Loads a model into what runs it fastest on this machine: the processor, or a GPU that leaves its answers to the processor
 * when it fails.
 *
 * @throws EngineError "runtimeFailed"
 */
export async function openFastestBackend(options: OpenFastestOptions): Promise<OpenedBackend> {
	const { gpu, model, threads, clock, cacheFolder, beforeEnd, logger } = options;
	if (gpu === "off") {
		return await openBackend(options);
	}
	const { bytes, sha256: weights } = model.manifest.files.weights;
	const found = await chooseBackend({
		setting: gpu,
		runtime: runtimeFor(options, options.machine ?? thisMachine()),
		key: async () => ({
			processor: cpus()[0]?.model ?? "unknown",
			runtime: await runtimeVersion(),
			threads,
			weights,
		}),
		trialMs: leastTrialMs + Math.ceil(bytes * msPerByte),
		mayLoadTwice: bytes <= maxTimedWeightsBytes,
		clock,
		cacheFolder,
		processes: { ...systemProcesses, beforeEnd },
		logger,
	});
	if (found.chosen === "cpu") {
		const { backend, backendName, advantage, notOn } = found;
		const reasons = notOn.map(
			({ provider, reason }) => `${providerNames[provider]}, because ${reason}`,
		);
		return { backend, backendName: backendNameWithoutGpu(backendName, advantage, reasons) };
	}
	const { chosen, advantage } = found;
	const backend = withProcessorBehind(chosen, found.backend, {
		openStandIn: () => openStandIn(options),
		...{ setting: gpu, clock, logger },
	});
	return { backend, backendName: backendNameOnGpu(providerNames[chosen], advantage) };
}

/** What runs on a GPU until that fails or hangs, in the middle of an answer too; then the processor goes on, and the log says why. */
export function withProcessorBehind(
	provider: GpuProvider,
	primary: Backend,
	{
		openStandIn,
		setting,
		clock,
		logger,
	}: Pick<FallbackOptions, "openStandIn" | "clock"> & {
		readonly setting: GpuSetting;
		readonly logger: Logger;
	},
): Backend {
	return new FallbackBackend({
		...{ primary, openStandIn, maxPassMs, msPerByte, clock },
		onFallback: (cause) => {
			const reason = gpuFaultReason(provider, gpuFaultOf(cause), setting);
			logger.warn(
				`${providerNames[provider]} is not used any more, because ${reason}. The processor goes on.`,
			);
		},
	});
}

const runtimeFor = (options: OpenFastestOptions, machine: Machine): ModelRuntime => ({
	platform: `${machine.system}-${machine.arch}`,
	look: (provider) => lookForGpu(provider, options, machine),
	openGpu: (provider, signal) => openGpu(provider, options, signal),
	openCpu: () => openBackend(options),
});

async function openGpu(
	provider: GpuProvider,
	options: OpenFastestOptions,
	signal: AbortSignal,
): Promise<Backend> {
	const { startDeviceProcess, model, threads, gpuLibraries, clock } = options;
	if (startDeviceProcess === undefined || !blocksThread(provider)) {
		return await openGpuBackend(provider, options);
	}
	return await openDeviceProcess({
		process: startDeviceProcess(),
		request: {
			...{ provider, modelFolder: dirname(model.weightsPath), threads },
			...(gpuLibraries !== undefined && { gpuLibraries }),
		},
		manifest: model.manifest,
		clock,
		signal,
	});
}

/** What goes on where a GPU has failed: its KV caches hold the bytes that a device's have in ordinary memory. */
async function openStandIn({ model, threads }: OpenFastestOptions): Promise<Backend> {
	const { manifest, graphPath, portableGraphPath, denseGraphPath } = model;
	if (manifest.kvCache === "float32") {
		return await openOrtBackend({ graphPath: portableGraphPath ?? graphPath, manifest, threads });
	}
	// The model's other graphs keep int8.
	return await openDeviceBackend({
		graphPath: denseGraphPath ?? graphPath,
		manifest,
		threads,
		provider: "cpu",
	});
}
