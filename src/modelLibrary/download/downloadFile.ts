import type { TimeLimitsMs } from "../../base/network/timeLimits.ts";
import { askHub, type HubAnswer, type HubConnection } from "../hub/hubFetch.ts";
import { HubFault, lyingFault } from "../hub/hubFault.ts";
import { Patience, patientTries } from "../hub/patience.ts";
import { isWhole, PartialFile, type WantedFile } from "./partialFile.ts";

export interface FileDownload {
	readonly connection: HubConnection;
	readonly url: string;
	/** For messages: the repository and the file. */
	readonly what: string;
	/** Exists. */
	readonly folder: string;
	readonly file: WantedFile;
	/** Hears how much of the file is there; it may become less where it has to begin anew. */
	readonly onBytes: (bytes: number) => void;
	readonly signal: AbortSignal;
}

/** Large files take hours; what matters is that something comes. The total is the longest that a timer takes. */
const limitsMs: TimeLimitsMs = { firstByte: 30_000, betweenChunks: 60_000, total: 2 ** 31 - 1 };

/** What has to come before earlier failures are forgotten: a server that gives a byte a try isn't asked for ever. */
const advanceBytes = 1 << 20;

/**
 * Has one file in the folder, whole and with the right checksum, or "paused" where `signal` aborted: what came is kept
 * then, and the next call goes on with it. Throws a LibraryError for everything else; what came is kept then too, unless
 * it was wrong.
 */
export async function downloadFile(download: FileDownload): Promise<"whole" | "paused"> {
	const { connection, folder, file, signal, onBytes } = download;
	if (await isWhole(folder, file)) {
		onBytes(file.bytes);
		return "whole";
	}
	await using partial = await PartialFile.open(folder, file);
	const patience = new Patience(connection.clock, patientTries.file, connection.address.kind);
	let wrongContents = 0;
	let farthest = partial.bytes;
	while (!signal.aborted) {
		onBytes(partial.bytes);
		try {
			if (!partial.isComplete) {
				await receive(download, partial);
			}
			if ((await partial.finish()) === "whole") {
				return "whole";
			}
			throw wrongContent(download, "isn't what its checksum says");
		} catch (error) {
			if (hasAborted(signal)) {
				return "paused";
			}
			if (!(error instanceof HubFault)) {
				throw error;
			}
			if (error instanceof WrongContent) {
				await partial.restart();
				// Once, it may have been what was kept from an earlier time.
				if (++wrongContents > 1) {
					throw error;
				}
				continue;
			}
			// Counted by how far it ever came: going over the same bytes again is no advance.
			if (partial.bytes >= farthest + advanceBytes) {
				farthest = partial.bytes;
				patience.didAdvance();
			}
			await patience.waitAfter(error, signal);
		}
	}
	return "paused";
}

/** It may have while something was waited for, which the type checker doesn't see. */
function hasAborted(signal: AbortSignal): boolean {
	return signal.aborted;
}

/** What came is not what it should be: going on with it is of no use. */
class WrongContent extends HubFault {}

/** One connection. Returns when the file is complete; throws a {@link HubFault} otherwise. */
async function receive(download: FileDownload, partial: PartialFile): Promise<void> {
	const { connection, url, what, file, signal, onBytes } = download;
	const from = partial.bytes;
	const answer = await askHub(connection, {
		url,
		what,
		headers: from === 0 ? {} : await rangeHeaders(partial),
		accepts: from === 0 ? [] : [206, 416],
		limitsMs,
		signal,
	});
	try {
		if (answer.status === 200) {
			// Looked at first: the page of a login must not cost what came so far.
			refuseOtherLength(download, answer);
			await partial.restart(answer.headers.get("etag"));
		} else if (!continues(answer, from, file.bytes)) {
			await partial.restart();
			throw cutFault(download);
		}
		for await (const piece of answer.pieces) {
			if (partial.bytes + piece.length > file.bytes) {
				throw wrongContent(download, "is larger than it should be");
			}
			await partial.append(piece);
			onBytes(partial.bytes);
		}
	} finally {
		await answer.close();
	}
	if (!partial.isComplete) {
		throw cutFault(download);
	}
}

async function rangeHeaders(partial: PartialFile): Promise<Readonly<Record<string, string>>> {
	const tag = await partial.tag();
	return {
		range: `bytes=${partial.bytes}-`,
		...(tag !== undefined && { "if-range": tag }),
	};
}

/** Whether an answer goes on where the file ends, in a file of the right size. */
function continues({ status, headers }: HubAnswer, from: number, bytes: number): boolean {
	const range = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(
		headers.get("content-range") ?? "",
	);
	const [, first, last, total] = range ?? [];
	return (
		status === 206 &&
		(headers.get("content-encoding") ?? "identity") === "identity" &&
		Number(first) === from &&
		Number(last) < bytes &&
		(total === "*" || Number(total) === bytes)
	);
}

/** A packed body has another length than the file. */
function refuseOtherLength({ connection, what, file }: FileDownload, { headers }: HubAnswer): void {
	const length = headers.get("content-length");
	const isPacked = (headers.get("content-encoding") ?? "identity") !== "identity";
	if (length !== null && !isPacked && Number(length) !== file.bytes) {
		throw lyingFault(
			connection.address,
			`sends ${length.slice(0, 20)} bytes as ${what}, which has ${file.bytes}`,
		);
	}
}

function wrongContent({ connection, what }: FileDownload, problem: string): WrongContent {
	const { code, message } = lyingFault(connection.address, `sends a ${what} that ${problem}`);
	return new WrongContent(code, message);
}

function cutFault({ connection, what }: FileDownload): HubFault {
	return new HubFault(
		"hubUnreachable",
		`${connection.address.origin} cuts off ${what} again and again; go on later: what came so far is kept.`,
		{ isPassing: true },
	);
}
