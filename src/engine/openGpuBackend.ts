import { homedir, platform } from "node:os";
import { dirname } from "node:path";
import { cudaRuntimePlace } from "../model/cudaRuntime.ts";
import { deviceNeedsOf } from "../model/memoryNeeds.ts";
import type { ModelFolder } from "../model/modelStore.ts";
import type { Backend } from "./backend.ts";
import { EngineError } from "./errors.ts";
import type { Presence } from "./gpu/chooseBackend.ts";
import { lookForDeviceMemory } from "./gpu/deviceMemory.ts";
import { cudaFolders, findCudaLibrary, type CudaLibrary } from "./gpu/cudaLibrary.ts";
import { withoutAddon, type GpuFault } from "./gpu/gpuFault.ts";
import { lookForDriver, type Machine } from "./gpu/gpuPresence.ts";
import { deviceGraphs, providerNames, type GpuProvider } from "./gpu/gpuProviders.ts";
import { loadAddon, type AddonResult } from "./native/addon.ts";
import { openNativeDeviceBackend } from "./native/nativeDeviceBackend.ts";
import { runtimeLibraryPath } from "./native/runtimeLibrary.ts";
import { openDeviceBackend, type DeviceProvider } from "./ort/deviceBackend.ts";
import { loadRuntime } from "./ort/runtime.ts";

export interface GpuModel {
	readonly model: ModelFolder;
	/** Of the processor, for what a device leaves to it. */
	readonly threads: number;
	/** A folder with libraries that don't come with Mote; undefined where the user names none. */
	readonly gpuLibraries: string | undefined;
}

/** What there is of a provider for a model, without loading anything of it. Never rejects. */
export async function lookForGpu(
	provider: GpuProvider,
	options: GpuModel,
	machine: Machine,
	ownAddon: () => AddonResult = loadAddon,
): Promise<Presence> {
	const fault = graphFaultOf(options.model, provider);
	if (fault !== undefined) {
		return { kind: "absent", fault };
	}
	const driver = await lookForDriver(provider, machine);
	if (driver.kind === "absent") {
		return driver;
	}
	const tooLarge = await memoryFaultOf(options.model, provider, machine);
	if (tooLarge !== undefined) {
		return { kind: "absent", fault: tooLarge };
	}
	if (provider !== "cuda") {
		return driver;
	}
	const addon = ownAddon();
	if (addon.kind === "unavailable") {
		return { kind: "absent", fault: withoutAddon(addon.reason) };
	}
	const library = await findLibrary(options);
	return library.kind === "missing"
		? { kind: "absent", fault: { kind: "noLibrary", wanted: library.wanted } }
		: { kind: "present", version: `${driver.version} ${library.version}` };
}

/**
 * Loads a model into a provider.
 *
 * @throws EngineError "runtimeFailed"
 */
export async function openGpuBackend(provider: GpuProvider, options: GpuModel): Promise<Backend> {
	const { model, threads } = options;
	const { manifest } = model;
	const graphPath = graphPathFor(model, provider);
	if (graphPath === undefined) {
		throw unable(provider, "the model has no graph for it");
	}
	if (provider !== "cuda") {
		return await openDeviceBackend({
			...{ graphPath, manifest, threads },
			provider: nodeProviders[provider],
		});
	}
	const library = await findLibrary(options);
	const loaded = loadAddon();
	if (library.kind === "missing") {
		throw unable(provider, `${library.wanted} is missing`);
	}
	if (loaded.kind === "unavailable") {
		throw unable(provider, `Mote's addon is not used, because ${loaded.reason}`);
	}
	// First: a library of the same name that came before would be taken for its own, and the processor could not go on.
	await loadRuntime();
	const { addon } = loaded;
	const { path: libraryPath } = library;
	return await openNativeDeviceBackend({
		...{ addon, libraryPath, graphPath, manifest, threads, provider },
	});
}

function unable(provider: GpuProvider, reason: string): EngineError {
	return new EngineError(
		"runtimeFailed",
		`${providerNames[provider]} can't run the model, because ${reason}.`,
	);
}

/** By onnxruntime-node's names. */
const nodeProviders: Readonly<Record<Exclude<GpuProvider, "cuda">, DeviceProvider>> = {
	directml: "dml",
	coreml: "coreml",
	webgpu: "webgpu",
};

/** Why a model can't run on a provider anywhere; undefined where it can. */
function graphFaultOf(model: ModelFolder, provider: GpuProvider): GpuFault | undefined {
	const { exportedGraph, quantization } = model.manifest;
	if (exportedGraph !== undefined) {
		return { kind: "noGraph", because: "exported" };
	}
	if (quantization === "fp32") {
		return { kind: "noGraph", because: "float32" };
	}
	return graphPathFor(model, provider) === undefined
		? { kind: "noGraph", because: "old" }
		: undefined;
}

/** Undefined also where nobody knows how much memory there is: then the runtime says whether it is enough. */
async function memoryFaultOf(
	{ manifest }: ModelFolder,
	provider: GpuProvider,
	machine: Machine,
): Promise<GpuFault | undefined> {
	const memory = await lookForDeviceMemory(provider, machine);
	const neededBytes = deviceNeedsOf(manifest, deviceGraphs[provider]);
	return memory !== undefined && neededBytes > memory.freeBytes
		? { kind: "tooLarge", neededBytes, ...memory }
		: undefined;
}

const graphPathFor = (model: ModelFolder, provider: GpuProvider): string | undefined =>
	deviceGraphs[provider] === "dense" ? model.denseGraphPath : model.halfGraphPath;

/** Where the user says, beside the runtime that comes with Mote, or what the manager of models has downloaded. */
function findLibrary({ gpuLibraries }: GpuModel): Promise<CudaLibrary> {
	const surroundings = { platform: platform(), environment: process.env, home: homedir() };
	return findCudaLibrary(
		cudaFolders({
			named: gpuLibraries,
			own: dirname(runtimeLibraryPath()),
			downloaded: cudaRuntimePlace(surroundings),
		}),
	);
}
