import { randomUUID } from "node:crypto";
import { lstat, mkdir, readdir, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "../../base/log.ts";
import type { KvCache } from "../backend.ts";
import type { KeptPrefix } from "../prefixReuse.ts";
import { planReplacing } from "./planSaving.ts";
import {
	readSnapshotBody,
	readSnapshotHead,
	temporarySuffix,
	writeSnapshot,
	type SnapshotContent,
} from "./snapshotFile.ts";
import { bodyBytes, bodyOffset, type SnapshotHead, type SnapshotModel } from "./snapshotHead.ts";

export interface SnapshotLimits {
	readonly maxFiles: number;
	/** Of all snapshots, on the disk. */
	readonly maxBytes: number;
	/** Those that nobody used for so long are deleted. */
	readonly maxAgeMs: number;
}

/** A dozen documents with a small model, a few with a large one. */
export const defaultSnapshotLimits: SnapshotLimits = {
	maxFiles: 32,
	maxBytes: 256 * 2 ** 20,
	maxAgeMs: 30 * 24 * 60 * 60 * 1000,
};

export interface SavedPrefixesOptions {
	/** Of these snapshots alone; made when it isn't there. */
	readonly folder: string;
	readonly model: SnapshotModel;
	readonly logger: Logger;
	readonly limits?: SnapshotLimits;
	/** Milliseconds since 1970, as the times of files. */
	readonly wallTime?: () => number;
}

/** A snapshot on the disk. Its `bytes` are those of the file. */
export interface SavedPrefix extends KeptPrefix {
	readonly path: string;
	readonly head: SnapshotHead;
}

const fileName = /^[0-9a-f-]{36}\.kv$/;

/**
 * The KV caches of prefixes on the disk, for the engine's next start. What they hold is in memory as tokens only.
 * Everything that is read counts as written by somebody else: it is bounded before it takes memory, checked
 * before it is used, and deleted when it is not what was written. No fault of the disk fails a request; the
 * prefix is then computed again.
 */
export class SavedPrefixes {
	readonly #folder: string;
	readonly #model: SnapshotModel;
	readonly #logger: Logger;
	readonly #limits: SnapshotLimits;
	readonly #wallTime: () => number;
	/** The least recently used first. */
	#saved: readonly SavedPrefix[] = [];
	#isWritable = true;

	private constructor(options: SavedPrefixesOptions) {
		this.#folder = options.folder;
		this.#model = options.model;
		this.#logger = options.logger;
		this.#limits = options.limits ?? defaultSnapshotLimits;
		this.#wallTime = options.wallTime ?? Date.now;
	}

	/**
	 * Reads the heads of all snapshots in the folder and deletes those that are of no more use: of another model or
	 * runtime, too old, too many, damaged, or never finished. Undefined where there can't be such a folder.
	 */
	static async open(options: SavedPrefixesOptions): Promise<SavedPrefixes | undefined> {
		const prefixes = new SavedPrefixes(options);
		try {
			await mkdir(options.folder, { recursive: true, mode: 0o700 });
			await prefixes.#readFolder();
			return prefixes;
		} catch (error) {
			options.logger.warn(
				`What the model has read isn't kept for the next start, because ${options.folder} can't be used: ${reasonOf(error)}`,
			);
			return undefined;
		}
	}

	/** The least recently used first. */
	get all(): readonly SavedPrefix[] {
		return this.#saved;
	}

	/**
	 * Reads a snapshot into an empty cache with room for all of its tokens. Returns undefined when that failed,
	 * and the cache then stays empty; the snapshot is gone if it was to blame.
	 */
	async load(
		saved: SavedPrefix,
		kv: KvCache,
	): Promise<{ readonly logits: Float32Array | undefined } | undefined> {
		const { path, head } = saved;
		const { length } = head.tokens;
		try {
			const body = await readSnapshotBody(path, head, this.#model, kv);
			if (body.kind === "damaged") {
				this.#reportDamage(path, body.problem);
				await this.forget(saved);
				return undefined;
			}
			await this.#touch(saved);
			kv.markFilled(length);
			return { logits: body.logits };
		} catch (error) {
			this.#logger.warn(
				`A saved prefix can't be read and is computed again (${path}: ${reasonOf(error)})`,
			);
			await this.forget(saved);
			return undefined;
		}
	}

	/**
	 * Writes a snapshot in place of those that it makes superfluous, and of the least recently used where there
	 * is no room. Never rejects: after the first fault nothing is written any more.
	 */
	async save(content: SnapshotContent, isWanted: () => boolean): Promise<void> {
		const { tokens, logits } = content;
		const hasLogits = logits !== undefined;
		const bytes = bodyOffset(tokens.length) + bodyBytes(tokens.length, hasLogits, this.#model);
		if (!this.#isWritable || bytes > this.#limits.maxBytes) {
			return;
		}
		const replaced = planReplacing(this.#saved, tokens);
		const { maxFiles, maxBytes } = this.#limits;
		try {
			await this.#makeRoom({ maxFiles: maxFiles - 1, maxBytes: maxBytes - bytes }, replaced);
			const path = join(this.#folder, `${randomUUID()}.kv`);
			const head = await writeSnapshot(path, content, this.#model, isWanted);
			if (head !== undefined) {
				this.#saved = [...this.#saved, savedPrefix(path, head, bytes)];
				for (const old of replaced) {
					await this.forget(old);
				}
			}
		} catch (error) {
			this.#isWritable = false;
			this.#logger.warn(
				`What the model has read isn't kept for the next start, because ${this.#folder} can't be written: ${reasonOf(error)}`,
			);
		}
	}

	/** Deletes a snapshot. Never rejects; a file that can't be deleted is tried again at the next start. */
	async forget(saved: SavedPrefix): Promise<void> {
		this.#saved = this.#saved.filter((other) => other !== saved);
		await this.#delete(saved.path);
	}

	async #readFolder(): Promise<void> {
		const { maxFiles, maxBytes, maxAgeMs } = this.#limits;
		const files: { readonly path: string; readonly bytes: number; readonly usedAtMs: number }[] =
			[];
		for (const entry of await readdir(this.#folder)) {
			const path = join(this.#folder, entry);
			// Not through a link: what it leads to is none of ours.
			const found = fileName.test(entry) ? await lstat(path) : undefined;
			if (found?.isFile() === true) {
				files.push({ path, bytes: found.size, usedAtMs: found.mtimeMs });
			} else if (fileName.test(entry.replace(temporarySuffix, ""))) {
				// Of a process that was ended while it wrote.
				await this.#delete(path);
			}
		}
		files.sort((a, b) => b.usedAtMs - a.usedAtMs);
		let keptBytes = 0;
		for (const { path, bytes, usedAtMs } of files) {
			const isOfUse =
				this.#wallTime() - usedAtMs <= maxAgeMs &&
				this.#saved.length < maxFiles &&
				keptBytes + bytes <= maxBytes;
			const head = isOfUse ? await this.#readHead(path) : undefined;
			if (head === undefined) {
				await this.#delete(path);
			} else {
				keptBytes += bytes;
				this.#saved = [savedPrefix(path, head, bytes), ...this.#saved];
			}
		}
	}

	async #readHead(path: string): Promise<SnapshotHead | undefined> {
		try {
			const result = await readSnapshotHead(path, this.#model);
			if (result.kind === "damaged") {
				this.#reportDamage(path, result.problem);
			}
			return result.kind === "ok" ? result.head : undefined;
		} catch (error) {
			this.#reportDamage(path, reasonOf(error));
			return undefined;
		}
	}

	#reportDamage(path: string, problem: string): void {
		this.#logger.warn(
			`A saved prefix is damaged and is computed again (${path}: ${problem}); check the disk if that happens again.`,
		);
	}

	async #makeRoom(
		{ maxFiles, maxBytes }: Omit<SnapshotLimits, "maxAgeMs">,
		replaced: readonly SavedPrefix[],
	): Promise<void> {
		let staying = this.#saved.filter((saved) => !replaced.includes(saved));
		while (
			staying.length > maxFiles ||
			staying.reduce((sum, { bytes }) => sum + bytes, 0) > maxBytes
		) {
			const [oldest, ...rest] = staying;
			if (oldest === undefined) {
				return;
			}
			staying = rest;
			await this.forget(oldest);
		}
	}

	/** It is the most recently used one now, also for the next start. */
	async #touch(saved: SavedPrefix): Promise<void> {
		this.#saved = [...this.#saved.filter((other) => other !== saved), saved];
		const now = new Date(this.#wallTime());
		await utimes(saved.path, now, now);
	}

	async #delete(path: string): Promise<void> {
		try {
			await rm(path, { force: true, recursive: true });
		} catch (error) {
			this.#logger.warn(`${path} can't be deleted: ${reasonOf(error)}`);
		}
	}
}

function savedPrefix(path: string, head: SnapshotHead, bytes: number): SavedPrefix {
	const { tokens, hasLogits } = head;
	const logitsAfter = hasLogits ? tokens.length : undefined;
	return { path, head, tokens, bytes, logitsAfter, priority: "background" };
}

function reasonOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
