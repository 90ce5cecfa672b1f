import { join } from "node:path";
import { cacheFolder, type CacheSurroundings } from "../base/cacheFolder.ts";

/** A file that is taken out of an archive. */
export interface RuntimeFile {
	/** In the archive, to the letter. */
	readonly path: string;
	/** In the runtime's folder. */
	readonly name: string;
	readonly bytes: number;
	/** Lower-case hexadecimal. */
	readonly sha256: string;
}

/** A package of the npm registry. */
export interface RuntimeArchive {
	/** A plain name. */
	readonly name: string;
	/** Below the registry's address. */
	readonly path: string;
	readonly bytes: number;
	/** Lower-case hexadecimal. */
	readonly sha256: string;
	/** Of all that is in it: more is never unpacked. */
	readonly unpackedBytes: number;
	readonly files: readonly RuntimeFile[];
}

/** Libraries that are fetched, which one folder holds. */
export interface Runtime {
	/** What people call it. */
	readonly name: string;
	/** SPDX. */
	readonly license: string;
	readonly folderName: string;
	readonly archives: readonly RuntimeArchive[];
}

/**
 * ONNX Runtime 1.29.0 for CUDA 13 on Linux (x64), both parts MIT. Microsoft publishes the library itself for Node; its provider for CUDA
 * is on the registry in a package for Unity, which repeats Microsoft's own binaries. Both have to be of one release.
 */
export const cudaRuntime: Runtime = {
	name: "CUDA for NVIDIA graphics cards",
	license: "MIT",
	folderName: "onnxruntime-1.29.0-cuda13",
	archives: [
		{
			name: "onnxruntime-node-1.29.0.tgz",
			path: "onnxruntime-node/-/onnxruntime-node-1.29.0.tgz",
			bytes: 111_735_068,
			sha256: "cfdfb45ec4044b1fdca43e5d2e180fb6817e649ff8ad1e0dfc90e18e51b67037",
			unpackedBytes: 296_368_640,
			files: [
				{
					path: "package/bin/napi-v6/linux/x64/libonnxruntime.so.1",
					name: "libonnxruntime.so.1",
					bytes: 44_726_808,
					sha256: "89688f5cf51c7e31befbb7b9101bc027799009b18d1baa9a5b1146a72e69538d",
				},
			],
		},
		{
			name: "com.github.asus4.onnxruntime.linux-x64-gpu-0.4.9.tgz",
			path: "com.github.asus4.onnxruntime.linux-x64-gpu/-/com.github.asus4.onnxruntime.linux-x64-gpu-0.4.9.tgz",
			bytes: 179_145_956,
			sha256: "2b459e0c17f340c92970c10ed86de4f37a3009f93c14053e6ad4334cbb6be412",
			unpackedBytes: 230_691_328,
			files: [
				{
					path: "package/Plugins/Linux/x64/libonnxruntime_providers_cuda.so",
					name: "libonnxruntime_providers_cuda.so",
					bytes: 229_780_440,
					sha256: "56cf3254b118ad837ccc4ed8f6d1b23504bbf7ef91b34cbc0b289cb7f10b3037",
				},
				{
					path: "package/Plugins/Linux/x64/libonnxruntime_providers_shared.so",
					name: "libonnxruntime_providers_shared.so",
					bytes: 14_632,
					sha256: "c6a12593396095f5670160e284c35d1700b7708cf3037b7042e2a5200ccae772",
				},
			],
		},
	],
};

/** What is fetched for a runtime. */
export function downloadBytes({ archives }: Runtime): number {
	return archives.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** What a runtime takes on the disk once it is installed. */
export function installedBytes({ archives }: Runtime): number {
	return archives.flatMap(({ files }) => files).reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Where fetched runtimes lie: one folder for every editor of a user, beside the models. */
export function runtimesPlace(surroundings: CacheSurroundings): string {
	return join(cacheFolder(surroundings), "runtimes");
}

/** Where {@link cudaRuntime} is, once it is whole. */
export function cudaRuntimePlace(surroundings: CacheSurroundings): string {
	return join(runtimesPlace(surroundings), cudaRuntime.folderName);
}
