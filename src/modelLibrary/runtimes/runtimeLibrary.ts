import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { freeDiskBytes } from "../../base/freeDiskBytes.ts";
import {
	downloadBytes,
	installedBytes,
	type Runtime,
	type RuntimeArchive,
} from "../../model/cudaRuntime.ts";
import { downloadFile } from "../download/downloadFile.ts";
import type { DownloadProgress } from "../download/downloadPlan.ts";
import { onDisk } from "../download/folderFaults.ts";
import { withFolderLock } from "../download/folderLock.ts";
import { bytesThere, isWhole, type WantedFile } from "../download/partialFile.ts";
import type { HubConnection } from "../hub/hubFetch.ts";
import { bytesIn, discardFolder, isDiscarded } from "../libraryFolders.ts";
import { LibraryError } from "../libraryError.ts";
import { downloadsFolderName } from "../libraryPlace.ts";
import { diskFitOf } from "../machineFit.ts";
import { Turns, type InstallOutcome } from "../turns.ts";
import { unpackFiles } from "./unpackFiles.ts";

export interface RuntimeLibraryOptions {
	/** Holds a folder for each runtime. Absolute; made when it is needed. */
	readonly folder: string;
	/** To a registry. */
	readonly connection: HubConnection;
	readonly runtime: Runtime;
}

/** What is being done for a runtime. */
export type RuntimeStep =
	/** For what was asked for before. */
	| { readonly kind: "waiting" }
	/** What came before is read again, since only its content says whether it is right. */
	| ({ readonly kind: "checking" } & DownloadProgress)
	/** Each piece is hashed as it comes. */
	| ({ readonly kind: "downloading" } & DownloadProgress)
	| { readonly kind: "unpacking"; readonly fraction: number };

export interface RuntimeInstallOptions {
	readonly onStep: (step: RuntimeStep) => void;
	/** Pauses: what came is kept, and the next call goes on. */
	readonly signal: AbortSignal;
}

/** How much of a runtime is on this disk. */
export type RuntimeState =
	| { readonly kind: "absent" }
	| ({ readonly kind: "unfinished" } & DownloadProgress)
	| { readonly kind: "installed"; readonly folder: string; readonly bytes: number };

/** In the download's folder, so that all lies on one disk: what has come out of the archives. */
const unpackedFolderName = "unpacked";

/**
 * A runtime on this disk that doesn't come with Mote. It has its folder only when it is whole; what is on its way lies in another one, which a
 * lock keeps other processes off. All methods reject with a LibraryError for what a user can mend.
 */
export class RuntimeLibrary {
	readonly #options: RuntimeLibraryOptions;
	readonly #turns = new Turns();

	constructor(options: RuntimeLibraryOptions) {
		this.#options = options;
	}

	async state(): Promise<RuntimeState> {
		const { runtime } = this.#options;
		if (await this.#isInstalled()) {
			return { kind: "installed", folder: this.#folder, bytes: installedBytes(runtime) };
		}
		const progress = await this.#progress();
		return progress.doneBytes > 0 ? { kind: "unfinished", ...progress } : { kind: "absent" };
	}

	/** Downloads and unpacks what isn't there yet. */
	async install({ onStep, signal }: RuntimeInstallOptions): Promise<InstallOutcome> {
		onStep({ kind: "waiting" });
		return await this.#turns.take(signal, async () => {
			const downloads = this.#downloads;
			await onDisk(downloads, () => mkdir(downloads, { recursive: true }));
			return await withFolderLock(downloads, this.#options.runtime.name, async () => {
				try {
					return await this.#installNow({ onStep, signal });
				} finally {
					await this.#discardEmpty();
				}
			});
		});
	}

	/** Removes it, or what came of it so far, and says how much space that freed, in bytes. */
	async remove(): Promise<{ readonly freedBytes: number }> {
		const [downloads, folder] = [this.#downloads, this.#folder];
		const sizes = await Promise.all([downloads, folder].map(bytesIn));
		const [begun] = sizes;
		if (sizes.every((bytes) => bytes === undefined)) {
			throw new LibraryError(
				"notInstalled",
				`${this.#options.runtime.name} isn't here any more; look at the list again.`,
			);
		}
		const discard = async (): Promise<void> => {
			await discardFolder(downloads);
			await discardFolder(folder);
		};
		await (begun === undefined
			? discard()
			: withFolderLock(downloads, this.#options.runtime.name, discard));
		return { freedBytes: sizes.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0) };
	}

	async #installNow(options: RuntimeInstallOptions): Promise<InstallOutcome> {
		const folder = this.#folder;
		// Another window may have been faster.
		if (!(await this.#isInstalled())) {
			await this.#refuseMisfit();
			const isWhole = (await this.#download(options)) && (await this.#unpack(options));
			if (!isWhole) {
				return { kind: "paused" };
			}
			await discardFolder(folder);
			await onDisk(folder, () => rename(join(this.#downloads, unpackedFolderName), folder));
		}
		await discardFolder(this.#downloads);
		await this.#endRemovals();
		return { kind: "installed", folder };
	}

	/** Before anything large is fetched. */
	async #refuseMisfit(): Promise<void> {
		const { runtime } = this.#options;
		const { doneBytes, totalBytes } = await this.#progress();
		const downloads = this.#downloads;
		const fit = diskFitOf(
			runtime.name,
			{ downloadBytes: totalBytes - doneBytes, installedBytes: installedBytes(runtime) },
			{ freeDiskBytes: await onDisk(downloads, () => freeDiskBytes(downloads)) },
		);
		if (fit.kind !== "fits") {
			throw new LibraryError(fit.kind, fit.sentence);
		}
	}

	/** False where `signal` aborted. */
	async #download({ onStep, signal }: RuntimeInstallOptions): Promise<boolean> {
		const { connection, runtime } = this.#options;
		const { doneBytes, totalBytes } = await this.#progress();
		let done = doneBytes;
		for (const archive of runtime.archives) {
			const file = wantedArchive(archive);
			let bytes = await bytesThere(this.#downloads, file);
			if (bytes > 0 && bytes < file.bytes) {
				onStep({ kind: "checking", doneBytes: done, totalBytes });
			}
			const outcome = await downloadFile({
				connection,
				url: `${connection.address.base}/${archive.path}`,
				what: archive.name,
				folder: this.#downloads,
				file,
				onBytes: (now) => {
					done += now - bytes;
					bytes = now;
					onStep({ kind: "downloading", doneBytes: done, totalBytes });
				},
				signal,
			});
			if (outcome === "paused") {
				return false;
			}
		}
		return true;
	}

	/** False where `signal` aborted: it takes seconds, so the next call begins anew. */
	async #unpack({ onStep, signal }: RuntimeInstallOptions): Promise<boolean> {
		const { archives } = this.#options.runtime;
		const unpacked = join(this.#downloads, unpackedFolderName);
		await discardFolder(unpacked);
		await onDisk(unpacked, () => mkdir(unpacked));
		const total = archives.reduce((sum, { unpackedBytes }) => sum + unpackedBytes, 0);
		let before = 0;
		for (const archive of archives) {
			const archivePath = join(this.#downloads, archive.name);
			try {
				const outcome = await unpackFiles({
					archivePath,
					archive,
					folder: unpacked,
					onBytes: (bytes) => onStep({ kind: "unpacking", fraction: (before + bytes) / total }),
					signal,
				});
				if (outcome === "paused") {
					return false;
				}
			} catch (error) {
				if (error instanceof LibraryError && error.code === "hubInvalid") {
					// It was right when it came, so that the disk has lost something: the next call fetches it again.
					await onDisk(archivePath, () => rm(archivePath, { force: true }));
				}
				throw error;
			}
			before += archive.unpackedBytes;
		}
		return true;
	}

	/** A folder in which nothing is would count as something that was begun. */
	async #discardEmpty(): Promise<void> {
		if ((await this.#progress()).doneBytes === 0) {
			await discardFolder(this.#downloads);
		}
	}

	/** Of what was removed by a process that was killed meanwhile. */
	async #endRemovals(): Promise<void> {
		const { folder } = this.#options;
		for (const place of [folder, join(folder, downloadsFolderName)]) {
			for (const name of (await onDisk(place, () => readdir(place))).filter(isDiscarded)) {
				await discardFolder(join(place, name));
			}
		}
	}

	/** Each file was checked before it got its name; the sizes tell what has become of them since. */
	async #isInstalled(): Promise<boolean> {
		const files = this.#options.runtime.archives.flatMap((archive) => archive.files);
		const whole = await Promise.all(
			files.map(({ name, bytes, sha256 }) =>
				isWhole(this.#folder, { name, bytes, checksum: { kind: "sha256", hex: sha256 } }),
			),
		);
		return whole.every(Boolean);
	}

	async #progress(): Promise<DownloadProgress> {
		const { runtime } = this.#options;
		const there = await Promise.all(
			runtime.archives.map((archive) => bytesThere(this.#downloads, wantedArchive(archive))),
		);
		return {
			doneBytes: there.reduce((sum, bytes) => sum + bytes, 0),
			totalBytes: downloadBytes(runtime),
		};
	}

	get #folder(): string {
		return join(this.#options.folder, this.#options.runtime.folderName);
	}

	get #downloads(): string {
		return join(this.#options.folder, downloadsFolderName, this.#options.runtime.folderName);
	}
}

function wantedArchive({ name, bytes, sha256 }: RuntimeArchive): WantedFile {
	return { name, bytes, checksum: { kind: "sha256", hex: sha256 } };
}
