import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { freeDiskBytes } from "../base/freeDiskBytes.ts";
import { openModel, ModelError } from "../model/modelStore.ts";
import type { ModelManifest } from "../model/manifest.ts";
import { checkpointFiles, configFileName, weightsBytes } from "./checkpointFiles.ts";
import { refuseOtherArchitecture } from "./checkpointType.ts";
import {
	downloadPlanned,
	progressOf,
	readPlan,
	writePlan,
	type DownloadPlan,
	type DownloadProgress,
} from "./download/downloadPlan.ts";
import { onDisk } from "./download/folderFaults.ts";
import { withFolderLock } from "./download/folderLock.ts";
import { modelId, repositoryText, type Repository } from "./hub/hubAddress.ts";
import type { HubConnection } from "./hub/hubFetch.ts";
import { listRepository } from "./hub/hubListing.ts";
import { LibraryError } from "./libraryError.ts";
import { downloadsFolderName } from "./libraryPlace.ts";
import { bytesIn, discardFolder, foldersIn, isDiscarded } from "./libraryFolders.ts";
import { fitOf, importedBytes } from "./machineFit.ts";
import { ownModelId } from "./ownModelId.ts";
import { Turns, type InstallOutcome } from "./turns.ts";

export interface ConvertOptions {
	/** From 0 to 1. */
	readonly onProgress: (fraction: number) => void;
	readonly signal: AbortSignal;
}

export interface ModelLibraryOptions {
	/** Absolute; made when it is needed. */
	readonly folder: string;
	readonly connection: HubConnection;
	/** `model_type` of the checkpoints that {@link convert} takes. */
	readonly importable: ReadonlySet<string>;
	/**
	 * Turns a checkpoint folder into a model folder that doesn't exist yet and appears when it is whole. Rejects with a
	 * UserError for a checkpoint that it can't take, and anyhow after `signal` aborted; what it leaves then beside `out`, in
	 * folders `{out}.partial-…`, is kept for the next call.
	 */
	readonly convert: (checkpoint: string, out: string, options: ConvertOptions) => Promise<void>;
	/** Of the machine, or of the container in it. */
	readonly memoryBytes: number;
}

/** What is being done for a model. */
export type InstallStep =
	/** For what was asked for before. */
	| { readonly kind: "waiting" }
	| { readonly kind: "listing" }
	/** What came before is read again, since only its content says whether it is right. */
	| ({ readonly kind: "checking" } & DownloadProgress)
	/** Each piece is hashed as it comes. */
	| ({ readonly kind: "downloading" } & DownloadProgress)
	| { readonly kind: "converting"; readonly fraction: number };

export interface InstallOptions {
	/** A branch, a tag or a commit; "main" unless given. What was begun stays at its commit. */
	readonly revision?: string | undefined;
	readonly onStep: (step: InstallStep) => void;
	/** Pauses: what came is kept, and the next call goes on. */
	readonly signal: AbortSignal;
}

/** A model of the library. */
export type LibraryEntry =
	| {
			readonly kind: "installed";
			readonly id: string;
			readonly folder: string;
			readonly manifest: ModelManifest;
			readonly bytes: number;
	  }
	/** It can only be removed, or installed again. */
	| {
			readonly kind: "unusable";
			readonly id: string;
			readonly problem: string;
			readonly bytes: number;
	  }
	| ({
			readonly kind: "unfinished";
			readonly id: string;
			readonly repository: string;
	  } & DownloadProgress);

/** Of models by {@link modelId}; what an import works in has a suffix with a dot. */
const idPattern = /^(?!.*[.]partial-)\w[\w.-]*--\w[\w.-]*$/;

/**
 * The published models on this disk. Downloads and conversions go through one queue; other processes are kept off by
 * locks. A model has its folder only when it is whole; what is on its way lies in a folder of its own. All methods reject
 * with a LibraryError for what a user can mend, `install` also with those of the conversion.
 */
export class ModelLibrary {
	readonly #options: ModelLibraryOptions;
	readonly #turns = new Turns();

	constructor(options: ModelLibraryOptions) {
		this.#options = options;
	}

	/** Installed ones first. */
	async list(): Promise<readonly LibraryEntry[]> {
		const installed = await Promise.all(
			(await this.#idsIn(this.#options.folder)).map((id) => this.#entry(id)),
		);
		const known = new Set(installed.map(({ id }) => id));
		const begun = await this.#idsIn(join(this.#options.folder, downloadsFolderName));
		const unfinished = await Promise.all(
			begun.filter((id) => !known.has(id)).map((id) => this.#unfinished(id)),
		);
		return [...installed, ...unfinished.flatMap((entry) => entry ?? [])];
	}

	/** Downloads and converts what isn't there yet. */
	async install(
		repository: Repository,
		{ revision, onStep, signal }: InstallOptions,
	): Promise<InstallOutcome> {
		onStep({ kind: "waiting" });
		return await this.#turns.take(signal, () =>
			this.#installNow(repository, { revision, onStep, signal }),
		);
	}

	/** Converts a checkpoint or a GGUF file that somebody has, and leaves it where it is. */
	async importFrom(
		path: string,
		{ onStep, signal }: Omit<InstallOptions, "revision">,
	): Promise<InstallOutcome> {
		onStep({ kind: "waiting" });
		return await this.#turns.take(signal, async () => {
			const { folder } = this.#options;
			await onDisk(folder, () => mkdir(folder, { recursive: true }));
			const id = ownModelId(path, new Set(await foldersIn(folder)));
			const isConverted = await this.#convertInto(id, path, { onStep, signal });
			return isConverted
				? { kind: "installed", folder: this.#modelFolder(id) }
				: { kind: "paused" };
		});
	}

	/** Removes a model, or what came of it so far, and says how much space that freed. */
	async remove(id: string): Promise<{ readonly freedBytes: number }> {
		// What isn't an id could name a folder elsewhere.
		const folders = idPattern.test(id)
			? [this.#downloadFolder(id), this.#modelFolder(id), ...(await this.#partialFolders(id))]
			: [];
		const sizes = await Promise.all(folders.map(bytesIn));
		if (sizes.every((bytes) => bytes === undefined)) {
			throw new LibraryError("notInstalled", `There is no model “${id.slice(0, 100)}” to remove.`);
		}
		const discard = async (): Promise<void> => {
			for (const folder of folders) {
				await discardFolder(folder);
			}
		};
		const [downloadBytes] = sizes;
		await (downloadBytes === undefined
			? discard()
			: withFolderLock(this.#downloadFolder(id), id, discard));
		return { freedBytes: sizes.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0) };
	}

	async #installNow(repository: Repository, options: InstallOptions): Promise<InstallOutcome> {
		const id = modelId(repository);
		const folder = this.#modelFolder(id);
		const downloads = this.#downloadFolder(id);
		if ((await this.#entry(id)).kind === "installed") {
			await this.#discardUnfinished(id);
			return { kind: "installed", folder };
		}
		await onDisk(downloads, () => mkdir(downloads, { recursive: true }));
		const isInstalled = await withFolderLock(downloads, id, () =>
			this.#downloadAndConvert(repository, options),
		);
		return isInstalled ? { kind: "installed", folder } : { kind: "paused" };
	}

	/** False where `signal` aborted. */
	async #downloadAndConvert(repository: Repository, options: InstallOptions): Promise<boolean> {
		const { onStep, signal } = options;
		const id = modelId(repository);
		const downloads = this.#downloadFolder(id);
		const plan = await this.#plan(repository, downloads, options);
		if (plan === "aborted") {
			return false;
		}
		await this.#refuseMisfit(id, plan, downloads);
		const outcome = await downloadPlanned({
			connection: this.#options.connection,
			repository,
			folder: downloads,
			plan,
			onProgress: (progress) => onStep({ kind: "downloading", ...progress }),
			onCheck: (progress) => onStep({ kind: "checking", ...progress }),
			onFile: async ({ name }) => {
				if (name === configFileName) {
					await this.#refuseUnsupported(repository, downloads);
				}
			},
			signal,
		});
		if (outcome === "paused") {
			return false;
		}
		await this.#discardLeftovers(id);
		if (!(await this.#convertInto(id, downloads, options))) {
			return false;
		}
		await this.#discardUnfinished(id);
		return true;
	}

	/** That of an earlier call, or a new one from the hub. */
	async #plan(
		repository: Repository,
		folder: string,
		{ revision, onStep, signal }: InstallOptions,
	): Promise<DownloadPlan | "aborted"> {
		const begun = await readPlan(folder);
		const name = repositoryText(repository);
		if (begun?.repository === name) {
			return begun;
		}
		onStep({ kind: "listing" });
		const { connection } = this.#options;
		const listing = await listRepository(connection, repository, {
			...(revision !== undefined && { revision }),
			signal,
		});
		if (listing === "aborted") {
			return "aborted";
		}
		const files = checkpointFiles(listing.files, name);
		const plan = { repository: name, commit: listing.commit, files };
		await writePlan(folder, plan);
		return plan;
	}

	/** Before anything large is fetched. */
	async #refuseMisfit(id: string, plan: DownloadPlan, downloads: string): Promise<void> {
		const { doneBytes, totalBytes } = await progressOf(downloads, plan);
		const partialFolders = await this.#partialFolders(id);
		const partialBytes = await Promise.all(partialFolders.map(bytesIn));
		const fit = fitOf(
			id.replace("--", "/"),
			{
				downloadBytes: totalBytes - doneBytes,
				installedBytes: importedBytes(weightsBytes(plan.files)),
			},
			{
				memoryBytes: this.#options.memoryBytes,
				// What is converted already takes no more.
				freeDiskBytes: partialBytes.reduce<number>(
					(sum, bytes) => sum + (bytes ?? 0),
					await onDisk(downloads, () => freeDiskBytes(downloads)),
				),
			},
		);
		if (fit.kind !== "fits") {
			if (doneBytes === 0) {
				await discardFolder(downloads);
			}
			throw new LibraryError(fit.kind, fit.sentence);
		}
	}

	async #refuseUnsupported(repository: Repository, downloads: string): Promise<void> {
		try {
			await refuseOtherArchitecture(
				join(downloads, configFileName),
				repositoryText(repository),
				this.#options.importable,
			);
		} catch (error) {
			await discardFolder(downloads);
			throw error;
		}
	}

	/** False where `signal` aborted. */
	async #convertInto(
		id: string,
		checkpoint: string,
		{ onStep, signal }: InstallOptions,
	): Promise<boolean> {
		const folder = this.#modelFolder(id);
		onStep({ kind: "converting", fraction: 0 });
		try {
			await onDisk(folder, () =>
				this.#options.convert(checkpoint, folder, {
					onProgress: (fraction) => onStep({ kind: "converting", fraction }),
					signal,
				}),
			);
			return true;
		} catch (error) {
			if (signal.aborted) {
				return false;
			}
			throw error;
		}
	}

	/** The download and what else is there of a model that is whole. */
	async #discardUnfinished(id: string): Promise<void> {
		for (const folder of [this.#downloadFolder(id), ...(await this.#partialFolders(id))]) {
			await discardFolder(folder);
		}
	}

	/** Of removals that were killed, and a model that can't be used. */
	async #discardLeftovers(id: string): Promise<void> {
		const { folder } = this.#options;
		for (const place of [folder, join(folder, downloadsFolderName)]) {
			const names = await onDisk(place, () => readdir(place));
			const isLeftover = (name: string): boolean =>
				isDiscarded(name) || (place === folder && name === id);
			for (const name of names.filter(isLeftover)) {
				await discardFolder(join(place, name));
			}
		}
	}

	async #entry(id: string): Promise<Exclude<LibraryEntry, { readonly kind: "unfinished" }>> {
		const folder = this.#modelFolder(id);
		const bytes = (await bytesIn(folder)) ?? 0;
		try {
			// Every byte is looked at when the model is loaded.
			const { manifest } = await openModel(folder, { verify: "sizes" });
			return { kind: "installed", id, folder, manifest, bytes };
		} catch (error) {
			if (!(error instanceof ModelError)) {
				throw error;
			}
			return { kind: "unusable", id, problem: error.message, bytes };
		}
	}

	async #unfinished(
		id: string,
	): Promise<Extract<LibraryEntry, { kind: "unfinished" }> | undefined> {
		const folder = this.#downloadFolder(id);
		const plan = await readPlan(folder);
		if (plan?.repository.replace("/", "--") !== id) {
			return undefined;
		}
		const progress = await progressOf(folder, plan);
		return { kind: "unfinished", id, repository: plan.repository, ...progress };
	}

	async #idsIn(folder: string): Promise<readonly string[]> {
		return (await foldersIn(folder)).filter((name) => idPattern.test(name));
	}

	/** What conversions that were ended before have left. */
	async #partialFolders(id: string): Promise<readonly string[]> {
		const { folder } = this.#options;
		const names = await foldersIn(folder);
		return names
			.filter((name) => name.startsWith(`${id}.partial-`))
			.map((name) => join(folder, name));
	}

	#modelFolder(id: string): string {
		return join(this.#options.folder, id);
	}

	#downloadFolder(id: string): string {
		return join(this.#options.folder, downloadsFolderName, id);
	}
}
