import {
	loadAddon,
	type NativeAddon,
	type NativeSessionOptions,
} from "../../src/engine/native/addon.ts";
import { openNativeBackend, type NativeBackend } from "../../src/engine/native/nativeBackend.ts";
import { runtimeLibraryPath } from "../../src/engine/native/runtimeLibrary.ts";
import type { KvCacheFormat } from "../../src/model/manifest.ts";
import { openModel } from "../../src/model/modelStore.ts";

/** The addon that was built. */
export function builtAddon(): { readonly addon: NativeAddon; readonly instructions: string } {
	const loaded = loadAddon();
	if (loaded.kind !== "loaded") {
		throw new Error(`the addon can't be tested, because ${loaded.reason}`);
	}
	return loaded;
}

export interface AddonBackendOptions {
	/** The fastest without it. */
	readonly instructions?: string;
	/** The addon's own choice without it. */
	readonly kvCache?: KvCacheFormat;
	/** 1 without it. */
	readonly threads?: number;
}

/** What opens a session of the addon with the model in `folder`, without anything of ours around it. */
export async function sessionOptions(
	folder: string,
	{ threads, instructions }: Pick<NativeSessionOptions, "threads" | "instructions">,
): Promise<NativeSessionOptions> {
	const { manifest, nativeGraphPath } = await openModel(folder);
	const { layers, kvHeads, headDim, contextLength, vocabularySize, kvCache } = manifest;
	return {
		libraryPath: runtimeLibraryPath(),
		graphPath: nativeGraphPath ?? "",
		...{ threads, instructions },
		...{ layers, kvHeads, headDim, contextLength, vocabularySize, kvCache },
	};
}

/** The model in `folder` on Mote's addon. */
export async function openAddonBackend(
	folder: string,
	{ instructions, kvCache, threads = 1 }: AddonBackendOptions = {},
): Promise<NativeBackend> {
	const { manifest, nativeGraphPath } = await openModel(folder);
	if (nativeGraphPath === undefined) {
		throw new Error("the model has no graph for the addon");
	}
	const built = builtAddon();
	return await openNativeBackend({
		addon: built.addon,
		instructions: instructions ?? built.instructions,
		graphPath: nativeGraphPath,
		manifest,
		...(kvCache !== undefined && { kvCache }),
		threads,
	});
}
