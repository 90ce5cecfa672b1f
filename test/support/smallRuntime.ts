import { createHash } from "node:crypto";
import type { Runtime, RuntimeArchive, RuntimeFile } from "../../src/model/cudaRuntime.ts";
import { parseRegistryAddress } from "../../src/modelLibrary/hub/hubAddress.ts";
import type { HubConnection } from "../../src/modelLibrary/hub/hubFetch.ts";
import { HastyClock } from "./hastyClock.ts";
import { bytesOf, longestPauseMs } from "./hubDownload.ts";
import type { ScriptedHub } from "./scriptedHub.ts";
import { tar, tgz, type TarEntry } from "./tarArchive.ts";

/** A runtime of two archives with three files, as the one for CUDA, of some hundred kilobytes. */
export interface SmallRuntime {
	readonly runtime: Runtime;
	/** As a registry serves them. */
	readonly archives: Readonly<Record<string, Buffer>>;
	/** What its folder has to hold. */
	readonly files: Readonly<Record<string, Buffer>>;
}

export function sha256Of(content: Uint8Array): string {
	return createHash("sha256").update(content).digest("hex");
}

export function runtimeFile(path: string, content: Uint8Array): RuntimeFile {
	const name = path.split("/").at(-1) ?? path;
	return { path, name, bytes: content.length, sha256: sha256Of(content) };
}

export function smallRuntime(changes: Partial<Runtime> = {}): SmallRuntime {
	const library = "package/bin/libonnxruntime.so.1";
	const provider = "package/lib/libonnxruntime_providers_cuda.so";
	const shared = "package/lib/libonnxruntime_providers_shared.so";
	const contents: Readonly<Record<string, Buffer>> = {
		[library]: bytesOf(200_000),
		[provider]: bytesOf(300_000),
		[shared]: bytesOf(700),
	};
	const entry = (path: string): TarEntry => ({ path, content: contents[path] ?? "" });
	const others: readonly TarEntry[] = [
		{ path: "package/LICENSE", content: "MIT" },
		{ path: "package/lib/", type: "5" },
		{ path: "../outside.so", content: "out" },
	];
	const parts = {
		"runtime-1.0.0.tgz": { taken: [library], entries: [...others, entry(library)] },
		"provider-1.0.0.tgz": {
			taken: [provider, shared],
			entries: [entry(shared), ...others, entry(provider)],
		},
	};
	const archives = Object.fromEntries(
		Object.entries(parts).map(([name, { entries }]) => [name, tgz(entries)]),
	);
	const archiveOf = (name: keyof typeof parts): RuntimeArchive => {
		const packed = archives[name] ?? Buffer.alloc(0);
		const { taken, entries } = parts[name];
		return {
			name,
			// Where the scripted hub has files.
			path: `stored/${name}`,
			bytes: packed.length,
			sha256: sha256Of(packed),
			unpackedBytes: tar(entries).length,
			files: taken.map((path) => runtimeFile(path, contents[path] ?? Buffer.alloc(0))),
		};
	};
	return {
		runtime: {
			name: "Small runtime",
			license: "MIT",
			folderName: "small-1.0.0",
			archives: [archiveOf("runtime-1.0.0.tgz"), archiveOf("provider-1.0.0.tgz")],
			...changes,
		},
		archives,
		files: Object.fromEntries(
			Object.entries(contents).map(([path, content]) => [path.split("/").at(-1) ?? "", content]),
		),
	};
}

/** To a hub that stands in for a registry. */
export function registryConnection(hub: ScriptedHub): HubConnection {
	const connection = hub.connection(new HastyClock(longestPauseMs));
	return { ...connection, address: parseRegistryAddress(hub.origin) };
}
