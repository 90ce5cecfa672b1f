import * as z from "zod";
import { byteText } from "../../base/byteText.ts";
import { cudaRuntime, downloadBytes } from "../../model/cudaRuntime.ts";
import { DeviceProcessEnded } from "./deviceProcessEnded.ts";
import { providerNames, type GpuProvider, type GpuSetting } from "./gpuProviders.ts";

/** Longest piece of a runtime's message that is kept. */
const maxDetailLength = 200;
const detail = z.string().max(maxDetailLength);

/** Why a provider doesn't run a model. */
export const gpuFaultSchema = z.discriminatedUnion("kind", [
	/** This platform has no such provider. */
	z.strictObject({ kind: z.literal("notOffered") }),
	/** The model has no graph for it. */
	z.strictObject({ kind: z.literal("noGraph"), because: z.enum(["old", "exported", "float32"]) }),
	/** No graphics card with a driver that it could use. */
	z.strictObject({ kind: z.literal("noDevice") }),
	/** A library that doesn't come with Mote isn't there. */
	z.strictObject({ kind: z.literal("noLibrary"), wanted: detail }),
	/** It needs Mote's own addon, which isn't used. The rest of a sentence after "because". */
	z.strictObject({ kind: z.literal("noAddon"), because: detail }),
	/** Libraries are there that don't belong together. */
	z.strictObject({ kind: z.literal("wrongLibrary"), detail }),
	/** The driver is older than the provider needs. */
	z.strictObject({ kind: z.literal("oldDriver"), detail }),
	z.strictObject({ kind: z.literal("outOfMemory") }),
	/** The model takes more than the device has free. */
	z.strictObject({
		kind: z.literal("tooLarge"),
		neededBytes: z.number().nonnegative(),
		totalBytes: z.number().nonnegative(),
		freeBytes: z.number().nonnegative(),
	}),
	/** The device was reset, or is gone. */
	z.strictObject({ kind: z.literal("lost") }),
	/** Another window of this machine tries it at this moment. */
	z.strictObject({ kind: z.literal("tried") }),
	/** It didn't answer in that time when it was tried. */
	z.strictObject({ kind: z.literal("hung"), seconds: z.number().positive() }),
	/** The process that it runs in has ended, with this exit code or signal. */
	z.strictObject({ kind: z.literal("crashed"), detail }),
	/** The process that tried it the last time has ended meanwhile, or was ended since it didn't answer. */
	z.strictObject({ kind: z.literal("endedProcess") }),
	/** It computes something else than the processor. */
	z.strictObject({ kind: z.literal("wrongResults") }),
	z.strictObject({ kind: z.literal("failed"), detail }),
]);
export type GpuFault = z.infer<typeof gpuFaultSchema>;

/** Whether the next start may find it gone, without a change of driver, versions or model. */
export const isPassing = ({ kind }: GpuFault): boolean =>
	kind === "outOfMemory" || kind === "lost" || kind === "tried";

/**
 * Whether somebody who has asked for nothing has to hear of it: something that is there doesn't work. That a machine has no
 * graphics card, or a model no graph for one, is no news.
 */
export function isNews({ kind }: GpuFault): boolean {
	return !["notOffered", "noGraph", "noDevice", "noLibrary", "noAddon", "tried"].includes(kind);
}

/** How runtimes and drivers say it, in the order in which it is looked for. */
const messages: readonly (readonly [RegExp, (text: string) => GpuFault])[] = [
	// NVIDIA's driver brings it along.
	[/libcuda\.so\.1: cannot open shared object file/, () => ({ kind: "noDevice" })],
	[
		/[\w.+-]+: cannot open shared object file/,
		(text) => ({
			kind: "noLibrary",
			wanted: shortened(/([\w.+-]+): cannot open shared object file/.exec(text)?.[1] ?? text),
		}),
	],
	[
		/undefined symbol|version [`'"][^`'"]*['"] not found|is too old: at least|API version \[?\d+\]? is not (available|supported)|wrong ELF class/i,
		(text) => ({ kind: "wrongLibrary", detail: shortened(text) }),
	],
	[
		/driver version is insufficient|driver (is )?too old|cudaErrorInsufficientDriver/i,
		(text) => ({ kind: "oldDriver", detail: shortened(text) }),
	],
	[
		/out of (device )?memory|OUTOFMEMORY|OUT_OF_MEMORY|bad_alloc|bad allocation|ALLOC_FAILED|failed to allocate|cudaErrorMemoryAllocation|not enough memory/i,
		() => ({ kind: "outOfMemory" }),
	],
	[
		/device (was |is )?lost|DEVICE_(LOST|REMOVED|RESET|HUNG)|device removed|cudaError(IllegalAddress|LaunchFailure|DeviceUninitialized|ECCUncorrectable)|unspecified launch failure/i,
		() => ({ kind: "lost" }),
	],
	[
		/no (CUDA-capable |suitable |supported )?(device|adapter)s? (is |was )?(detected|found|available)|cudaErrorNoDevice|failed to (get|request) (a |an |the )?(WebGPU |GPU )?adapter|no supported adapters|couldn't load vulkan/i,
		() => ({ kind: "noDevice" }),
	],
];

/** What a rejection of a runtime means. */
export function gpuFaultOf(error: unknown): GpuFault {
	// The runtime's own words, without what Mote says around them.
	const said = error instanceof Error && error.cause instanceof Error ? error.cause : error;
	if (said instanceof DeviceProcessEnded) {
		return { kind: "crashed", detail: shortened(said.description) };
	}
	const text = said instanceof Error ? said.message : String(said);
	const known = messages.find(([pattern]) => pattern.test(text));
	return known === undefined ? { kind: "failed", detail: shortened(text) } : known[1](text);
}

/** Where Mote's addon isn't used; `reason` is the rest of a sentence after "because", of any length. */
export const withoutAddon = (reason: string): GpuFault => ({
	kind: "noAddon",
	because: shortened(reason),
});

function shortened(text: string): string {
	const line = text.replaceAll(/\s+/g, " ").trim();
	return line.length <= maxDetailLength
		? line
		: `${line.slice(0, maxDetailLength - 1).toWellFormed()}…`;
}

/** What somebody sets who doesn't want to hear of it any more: another value than the one in force. */
const unset = (setting: GpuSetting): string =>
	`set “mote.engine.gpu” to ${setting === "auto" ? "“off”" : "“auto” or “off”"}`;

/** For people, one sentence: that a provider isn't used, why, and what would mend it where `setting` is in force. */
export function gpuFaultSentence(
	provider: GpuProvider,
	fault: GpuFault,
	setting: GpuSetting = "auto",
): string {
	const name = providerNames[provider];
	return `${name} is not used, because ${gpuFaultReason(provider, fault, setting)}.`;
}

/** The rest of a sentence after "because". */
export function gpuFaultReason(
	provider: GpuProvider,
	fault: GpuFault,
	setting: GpuSetting = "auto",
): string {
	const name = providerNames[provider];
	switch (fault.kind) {
		case "notOffered":
			return `there is none on this system; ${unset(setting)}`;
		case "noGraph":
			return noGraphReasons[fault.because];
		case "noDevice":
			return `there is no graphics card with a driver for it; install the card's driver, or ${unset(setting)}`;
		case "noLibrary":
			return noLibraryReason(fault.wanted);
		case "noAddon":
			return `it needs Mote's own addon, which is not used, because ${fault.because}`;
		case "wrongLibrary":
			return `its libraries don't belong together (${fault.detail}); put those of one release of ONNX Runtime into the folder that “mote.engine.gpuLibraries” names`;
		case "oldDriver":
			return `the graphics card's driver is too old (${fault.detail}); install a newer one`;
		case "outOfMemory":
			return "the graphics card has too little memory free for the model; close what else uses it, other windows too, or choose a smaller model";
		case "tooLarge":
			return tooLargeReason(fault);
		case "lost":
			return "the graphics card was reset or is gone; restart the engine when it is back";
		case "tried":
			return "another window tries it at the moment; restart the engine when that is done";
		case "hung":
			return `it did not answer within ${Math.round(fault.seconds)} s when it was tried; install a newer driver of the graphics card, or ${unset(setting)}`;
		case "crashed":
			return `its driver ended the process that it ran in (${fault.detail}); install a newer driver of the graphics card, or ${unset(setting)}`;
		case "endedProcess":
			return `it ended the engine, or never answered, when it was tried; install a newer driver of the graphics card, or ${setting === provider ? unset(setting) : `set “mote.engine.gpu” to “${provider}” to try it once more`}`;
		case "wrongResults":
			return `${name} computes something else than the processor with this model; install a newer driver of the graphics card`;
		case "failed":
			return `it could not run the model (${fault.detail}); install a newer driver of the graphics card, or ${unset(setting)}`;
	}
}

/** By the names of files: what the runtime needs of NVIDIA doesn't come with any ONNX Runtime. */
function noLibraryReason(wanted: string): string {
	const folder = "the folder that “mote.engine.gpuLibraries” names";
	if (/^lib(?:cu|nv)/.test(wanted)) {
		return `${wanted} is not there; install CUDA 13 and cuDNN 9 from NVIDIA, or what the libraries in ${folder} were made for`;
	}
	return wanted.startsWith("libonnxruntime")
		? `${wanted} is not there; “Mote: Manage Models” downloads it (${byteText(downloadBytes(cudaRuntime))}), or put it into ${folder}`
		: `${wanted} is not there; put it into ${folder}`;
}

function tooLargeReason({
	neededBytes,
	totalBytes,
	freeBytes,
}: Extract<GpuFault, { kind: "tooLarge" }>): string {
	const needs = `the model needs about ${byteText(neededBytes)} of the graphics card's memory`;
	return neededBytes > totalBytes
		? `${needs}, which has ${byteText(totalBytes)}; choose a smaller model`
		: `${needs}, of which ${byteText(freeBytes)} are free; close what else uses it, other windows too, or choose a smaller model`;
}

const noGraphReasons = {
	old: "the model was imported without a graph for GPUs; import it again",
	exported: "the model's graph was exported for other runtimes; import its checkpoint instead",
	float32: "the model keeps its weights in float32; import it in int4",
} as const;
