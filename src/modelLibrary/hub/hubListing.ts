import { listFiles, modelInfo } from "@huggingface/hub";
import * as z from "zod";
import type { TimeLimitsMs } from "../../base/network/timeLimits.ts";
import type { Checksum } from "../download/checksum.ts";
import { repositoryText, type HubAddress, type Repository } from "./hubAddress.ts";
import { askHub, type Fetch, type HubConnection } from "./hubFetch.ts";
import { HubFault, lyingFault } from "./hubFault.ts";
import { Patience, patientTries } from "./patience.ts";

/** A file of a repository, as the hub describes it. */
export interface ListedFile {
	/** As in the repository, with "/" between folders; never leads out of it. */
	readonly path: string;
	readonly bytes: number;
	readonly checksum: Checksum;
}

export interface Listing {
	/** All that follows asks for this state of the repository: 40 hexadecimal digits. */
	readonly commit: string;
	readonly files: readonly ListedFile[];
}

const limitsMs: TimeLimitsMs = { firstByte: 30_000, betweenChunks: 30_000, total: 120_000 };
/** A page has a thousand files of about 300 bytes. */
const maxPageBytes = 4 * 1024 * 1024;
/** A model has a few hundred files; what has more isn't one. */
const maxPages = 20;

const hex = (digits: number): z.ZodString => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));
const fileBytes = z
	.int()
	.nonnegative()
	.max(2 ** 42);

const infoSchema = z.object({ sha: hex(40) });
const entrySchema = z.object({ type: z.string(), path: z.string().min(1).max(1024) });
const fileSchema = z.object({
	size: fileBytes,
	oid: hex(40),
	lfs: z.object({ oid: hex(64), size: fileBytes }).optional(),
});

/**
 * What a repository holds at `revision` ("main" unless told otherwise), with the hub's own sizes and checksums. "aborted"
 * when `signal` is. Throws a {@link HubFault}.
 */
export async function listRepository(
	connection: HubConnection,
	repository: Repository,
	{ revision = "main", signal }: { readonly revision?: string; readonly signal: AbortSignal },
): Promise<Listing | "aborted"> {
	const name = repositoryText(repository);
	const { address } = connection;
	const common = {
		hubUrl: address.base,
		fetch: boundedFetch(connection, name, signal),
	};
	try {
		const info = await modelInfo({ ...common, name, revision, additionalFields: ["sha"] });
		const { sha: commit } = infoSchema.parse(info);
		const files: ListedFile[] = [];
		const repo = { type: "model" as const, name };
		for await (const entry of listFiles({ ...common, repo, revision: commit, recursive: true })) {
			const { type, path } = entrySchema.parse(entry);
			refuseHostilePath(path, address.origin);
			if (type === "file") {
				files.push({ path, ...sizeAndChecksum(entry, address) });
			}
		}
		return { commit, files };
	} catch (error) {
		if (signal.aborted) {
			return "aborted";
		}
		if (error instanceof HubFault) {
			throw error;
		}
		// The client library takes any JSON for what it expects, and fails in many ways on what isn't.
		throw lyingFault(address, `sent a list of the files of ${name} that can't be read`);
	}
}

function sizeAndChecksum(entry: unknown, address: HubAddress): Omit<ListedFile, "path"> {
	const { size, oid, lfs } = fileSchema.parse(entry);
	if (lfs === undefined) {
		return { bytes: size, checksum: { kind: "gitBlob", hex: oid } };
	}
	if (lfs.size !== size) {
		throw lyingFault(address, "contradicts itself about the size of a file");
	}
	return { bytes: size, checksum: { kind: "sha256", hex: lfs.oid } };
}

/** No repository has such paths but one that was made to write somewhere else. */
function refuseHostilePath(path: string, origin: string): void {
	const isHostile =
		/[\\\p{Cc}]/u.test(path) ||
		path
			.split("/")
			.some((part) => part === "" || part === "." || part === ".." || part.includes(":"));
	if (isHostile) {
		throw new HubFault(
			"hubInvalid",
			`${origin} lists a file whose name leads out of its folder; don't install this model.`,
		);
	}
}

/**
 * What the client library asks with: of the hub only, whatever its answers link to, tried again where that may help, and
 * with a bound on what is read. The library keeps answers whole in memory.
 */
function boundedFetch(connection: HubConnection, what: string, signal: AbortSignal): Fetch {
	const { address, clock } = connection;
	let pages = 0;
	return async (input) => {
		const url = input instanceof Request ? input.url : String(input);
		if (!url.startsWith(`${address.base}/`)) {
			throw lyingFault(address, "has its list of files somewhere else");
		}
		if (++pages > maxPages) {
			throw lyingFault(address, `lists more files of ${what} than a model has`);
		}
		const patience = new Patience(clock, patientTries.listing, address.kind);
		for (;;) {
			try {
				return await askOnce(connection, url, what, signal);
			} catch (error) {
				if (!(error instanceof HubFault) || signal.aborted) {
					throw error;
				}
				await patience.waitAfter(error, signal);
			}
		}
	};
}

async function askOnce(
	connection: HubConnection,
	url: string,
	what: string,
	signal: AbortSignal,
): Promise<Response> {
	const headers = { accept: "application/json" };
	const answer = await askHub(connection, { url, headers, what, limitsMs, signal });
	try {
		const pieces: Uint8Array[] = [];
		let bytes = 0;
		for await (const piece of answer.pieces) {
			bytes += piece.length;
			if (bytes > maxPageBytes) {
				throw lyingFault(connection.address, "sends a list of files without an end");
			}
			pieces.push(piece);
		}
		const link = answer.headers.get("link");
		return new Response(Buffer.concat(pieces), { headers: link === null ? {} : { link } });
	} finally {
		await answer.close();
	}
}
