import { existsSync, readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import path from "node:path";
import { LibraryError } from "../../src/modelLibrary/libraryError.ts";
import { downloadFile } from "../../src/modelLibrary/download/downloadFile.ts";
import type { WantedFile } from "../../src/modelLibrary/download/partialFile.ts";
import { HastyClock } from "./hastyClock.ts";
import { commit, type ScriptedHub } from "./scriptedHub.ts";

/** Pauses before tries are over at once, limits never reached: the shortest of those is 30 s. */
export const longestPauseMs = 29_999;

export const fileName = "model.safetensors";

export function wanted(content: Uint8Array): WantedFile {
	const hex = createHash("sha256").update(content).digest("hex");
	return { name: fileName, bytes: content.length, checksum: { kind: "sha256", hex } };
}

/** Bytes that repeat nowhere near, the same for the same length. */
export function bytesOf(length: number): Buffer {
	const bytes = Buffer.alloc(length);
	let state = length + 1;
	for (let index = 0; index < length; index++) {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		bytes[index] = state >>> 24;
	}
	return bytes;
}

export interface DownloadRun {
	/** "whole", "paused", or the code and the sentence of a LibraryError. */
	readonly outcome: string;
	readonly message: string;
	readonly pausesMs: readonly number[];
}

export interface DownloadRunOptions {
	readonly folder: string;
	readonly file: WantedFile;
	readonly token?: string;
	/** Pauses the download as soon as this much is there. */
	readonly pauseAtBytes?: number;
}

/** Downloads one file of a hub. What isn't a LibraryError is thrown on. */
export async function runDownload(
	hub: ScriptedHub,
	{ folder, file, token, pauseAtBytes }: DownloadRunOptions,
): Promise<DownloadRun> {
	const clock = new HastyClock(longestPauseMs);
	const pause = new AbortController();
	try {
		const outcome = await downloadFile({
			connection: hub.connection(clock, token),
			url: `${hub.origin}/maker/model/resolve/${commit}/${file.name}`,
			what: `maker/model/${file.name}`,
			folder,
			file,
			onBytes: (bytes) => {
				hub.heard(bytes);
				if (pauseAtBytes !== undefined && bytes >= pauseAtBytes) {
					pause.abort();
				}
			},
			signal: pause.signal,
		});
		return { outcome, message: "", pausesMs: clock.slept };
	} catch (error) {
		if (!(error instanceof LibraryError)) {
			throw error;
		}
		return { outcome: error.code, message: error.message, pausesMs: clock.slept };
	}
}

/** What lies under the file's own name; undefined for nothing. */
export function finished(folder: string, name = fileName): Buffer | undefined {
	const file = path.join(folder, name);
	return existsSync(file) ? readFileSync(file) : undefined;
}
