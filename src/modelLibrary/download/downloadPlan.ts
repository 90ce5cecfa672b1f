import { open, rename } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { repositoryText, type Repository } from "../hub/hubAddress.ts";
import type { HubConnection } from "../hub/hubFetch.ts";
import { downloadFile } from "./downloadFile.ts";
import { onDisk } from "./folderFaults.ts";
import { bytesThere, type WantedFile } from "./partialFile.ts";

/** What is to be fetched into a folder. It lies there too, so that another process can go on. */
export interface DownloadPlan {
	/** "owner/name". */
	readonly repository: string;
	readonly commit: string;
	/** In the order in which they are fetched. */
	readonly files: readonly WantedFile[];
}

const planFileName = "mote-download.json";
/** Files have about 200 bytes each. */
const maxPlanBytes = 1_000_000;

const planSchema = z.strictObject({
	formatVersion: z.literal(1),
	repository: z.string().regex(/^[\w.-]{1,96}\/[\w.-]{1,96}$/),
	commit: z.string().regex(/^[0-9a-f]{40}$/),
	files: z
		.array(
			z.strictObject({
				name: z.string().regex(/^\w[\w.-]{0,127}$/),
				bytes: z
					.int()
					.nonnegative()
					.max(2 ** 42),
				checksum: z.discriminatedUnion("kind", [
					z.strictObject({ kind: z.literal("sha256"), hex: z.string().regex(/^[0-9a-f]{64}$/) }),
					z.strictObject({ kind: z.literal("gitBlob"), hex: z.string().regex(/^[0-9a-f]{40}$/) }),
				]),
			}),
		)
		.min(1)
		.max(2000),
});

/** The plan in a folder; undefined where there is none that can be read: then it is made again. */
export async function readPlan(folder: string): Promise<DownloadPlan | undefined> {
	try {
		await using file = await open(join(folder, planFileName));
		const { size } = await file.stat();
		if (size > maxPlanBytes) {
			return undefined;
		}
		return planSchema.parse(JSON.parse(await file.readFile("utf8")));
	} catch {
		return undefined;
	}
}

/** It is whole at any time. Throws a LibraryError for what the disk refuses. */
export async function writePlan(folder: string, plan: DownloadPlan): Promise<void> {
	const path = join(folder, planFileName);
	await onDisk(path, async () => {
		const temporary = `${path}.tmp`;
		{
			await using file = await open(temporary, "w");
			await file.writeFile(`${JSON.stringify({ formatVersion: 1, ...plan }, undefined, 2)}\n`);
			await file.sync();
		}
		await rename(temporary, path);
	});
}

export interface DownloadProgress {
	readonly doneBytes: number;
	readonly totalBytes: number;
}

/** How much of a plan is in its folder. */
export async function progressOf(folder: string, plan: DownloadPlan): Promise<DownloadProgress> {
	const there = await Promise.all(plan.files.map((file) => bytesThere(folder, file)));
	return { doneBytes: sum(there), totalBytes: sum(plan.files.map(({ bytes }) => bytes)) };
}

export interface PlanDownload {
	readonly connection: HubConnection;
	readonly repository: Repository;
	/** Exists. */
	readonly folder: string;
	readonly plan: DownloadPlan;
	readonly onProgress: (progress: DownloadProgress) => void;
	/** What came of a file before is about to be read. */
	readonly onCheck: (progress: DownloadProgress) => void;
	/** Hears of each file that is whole; what it throws ends the download. */
	readonly onFile: (file: WantedFile) => Promise<void>;
	readonly signal: AbortSignal;
}

/** Fetches what is missing, a file at a time. Outcomes and errors are those of {@link downloadFile}. */
export async function downloadPlanned(download: PlanDownload): Promise<"whole" | "paused"> {
	const { connection, repository, folder, plan, signal, onProgress, onCheck, onFile } = download;
	const { doneBytes, totalBytes } = await progressOf(folder, plan);
	let done = doneBytes;
	const name = repositoryText(repository);
	for (const file of plan.files) {
		let bytes = await bytesThere(folder, file);
		if (bytes > 0 && bytes < file.bytes) {
			onCheck({ doneBytes: done, totalBytes });
		}
		const outcome = await downloadFile({
			connection,
			url: `${connection.address.base}/${name}/resolve/${plan.commit}/${file.name}`,
			what: `${name}/${file.name}`,
			folder,
			file,
			onBytes: (now) => {
				done += now - bytes;
				bytes = now;
				onProgress({ doneBytes: done, totalBytes });
			},
			signal,
		});
		if (outcome === "paused") {
			return "paused";
		}
		await onFile(file);
	}
	return "whole";
}

function sum(numbers: readonly number[]): number {
	return numbers.reduce((total, number) => total + number, 0);
}
