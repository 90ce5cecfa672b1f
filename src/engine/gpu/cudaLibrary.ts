import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** What ONNX Runtime loads for CUDA, from the folder of its own library. */
export const cudaProviderName = "libonnxruntime_providers_cuda.so";
/** As releases name it: libonnxruntime.so.1, libonnxruntime.so.1.30.0, or a link without a number. */
const runtimeName = /^libonnxruntime\.so(\.\d+){0,3}$/;

/** Where it may lie. All absolute. */
export interface CudaPlaces {
	/** As a setting names it; undefined where it names none. */
	readonly named: string | undefined;
	/** Of the runtime that comes with Mote. */
	readonly own: string;
	/** Where the manager of models puts what it downloads. */
	readonly downloaded: string;
}

/** The folders that are looked into, in this order: what somebody has chosen goes before what was fetched. */
export function cudaFolders({ named, own, downloaded }: CudaPlaces): readonly string[] {
	return [...(named === undefined ? [] : [named, join(named, "lib")]), own, downloaded];
}

export type CudaLibrary =
	/** Of ONNX Runtime. `version` changes with the files. */
	| { readonly kind: "found"; readonly path: string; readonly version: string }
	| { readonly kind: "missing"; readonly wanted: string };

/**
 * ONNX Runtime with its provider for CUDA, in the first of some folders that has that provider. Both are taken from one folder, so
 * that they are of one release, which may be another one than that of onnxruntime-node. Never rejects.
 */
export async function findCudaLibrary(folders: readonly string[]): Promise<CudaLibrary> {
	for (const folder of folders) {
		const names = await readdir(folder).catch((): string[] => []);
		if (!names.includes(cudaProviderName)) {
			continue;
		}
		const [runtime] = names.filter((name) => runtimeName.test(name)).sort();
		if (runtime === undefined) {
			return { kind: "missing", wanted: "libonnxruntime.so of the same release" };
		}
		const files = await Promise.all(
			[runtime, cudaProviderName].map((name) => stat(join(folder, name)).catch(() => undefined)),
		);
		const version = files.map((file) => `${file?.size} ${file?.mtimeMs}`).join(" ");
		return { kind: "found", path: join(folder, runtime), version };
	}
	return { kind: "missing", wanted: cudaProviderName };
}
