import type { Suggestion } from "../modelLibrary/suggestions.ts";
import type { CatalogEntry, CatalogRuntime, WorkStep } from "../modelProcess/protocol.ts";

/** All that the catalog is made of. */
export interface CatalogFacts {
	readonly suggestions: readonly Suggestion[];
	/** Types of checkpoints that can be imported. */
	readonly importable: ReadonlySet<string>;
	/** Undefined before it was read. */
	readonly library: LibraryFacts | undefined;
	/** What is being done, or was done in vain, by the id of the model, by {@link importKey}, or by {@link cudaKey}. */
	readonly works: ReadonlyMap<string, Work>;
	readonly cuda: CudaFacts;
	/** Models in folders outside of the library. */
	readonly folders: readonly FolderModel[];
	/** Those that run on this machine and that nobody has named; undefined before they were looked for. */
	readonly servers: readonly FoundServer[] | undefined;
	/** Whether somebody wants them to be looked for. */
	readonly offersServers: boolean;
	/** Of the machine, or of the container in it. */
	readonly memoryBytes: number;
	readonly use: ModelUse;
}

/** What runs models on graphics cards of NVIDIA. */
export interface CudaFacts {
	/** There is a driver for it, on a platform that Mote runs CUDA on. */
	readonly hasDriver: boolean;
	readonly runtime: CatalogRuntime;
}

export interface LibraryFacts {
	readonly entries: readonly CatalogEntry[];
	readonly freeDiskBytes: number;
}

export interface FolderModel {
	/** Absolute. */
	readonly folder: string;
	readonly name: string;
	readonly license: string;
	readonly contextTokens: number;
	readonly fillsIn: boolean;
	readonly converses: boolean;
	readonly bytes: number;
	/** It ships with Mote. */
	readonly isBundled: boolean;
}

export interface FoundServer {
	/** What people call it. */
	readonly name: string;
	/** As a setting takes it. */
	readonly address: string;
	readonly models: readonly { readonly id: string; readonly contextTokens: number | undefined }[];
}

/** What answers at the moment. */
export interface ModelUse {
	/** Absolute; undefined while none is loaded. */
	readonly completionFolder: string | undefined;
	/** Of a model for conversations alone. Absolute. */
	readonly chatFolder: string | undefined;
	/** The server that somebody has named. */
	readonly server:
		| {
				readonly address: string;
				readonly model: string;
				readonly useForChat: boolean;
				readonly useForCompletions: boolean;
		  }
		| undefined;
	/** Name and place of what answers in the chat; undefined where nothing converses. */
	readonly chatName: string | undefined;
	readonly completionName: string | undefined;
}

export type Work =
	| {
			readonly kind: "running";
			readonly step: WorkStep;
			/** Undefined until enough has come to tell. */
			readonly bytesPerSecond: number | undefined;
			/** It becomes the chat's model when it is there. */
			readonly isForChat: boolean;
	  }
	/** Of something that is in no list until it is whole. */
	| { readonly kind: "paused" }
	| { readonly kind: "failed"; readonly sentence: string };

/** What stands for the runtime of CUDA, as a row and as work. */
export const cudaKey = "runtime cuda";

/** What stands for a checkpoint or file of somebody's own while it is imported. */
export function importKey(path: string): string {
	return `import ${path}`;
}

/** The path that {@link importKey} was made of. */
export function importedPath(key: string): string | undefined {
	return key.startsWith("import ") ? key.slice("import ".length) : undefined;
}
