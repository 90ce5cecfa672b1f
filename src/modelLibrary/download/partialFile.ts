import type { Hash } from "node:crypto";
import { constants } from "node:fs";
import { open, readFile, rename, rm, stat, writeFile, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { hashFor, type Checksum } from "./checksum.ts";
import { onDisk } from "./folderFaults.ts";

/** A file that is to be: its place in the folder, and what it will hold. */
export interface WantedFile {
	/** A plain name, without folders. */
	readonly name: string;
	readonly bytes: number;
	readonly checksum: Checksum;
}

const readBytes = 1 << 20;
/** An entity tag has up to a hundred characters. */
const maxTagLength = 512;

/**
 * The beginning of a file, under another name beside where it will be. It grows at its end only, and gets its name when it
 * is whole, has the right checksum, and is on the disk. Beside it lies the entity tag of what it is the beginning of.
 * All methods throw a LibraryError for what the disk refuses.
 */
export class PartialFile implements AsyncDisposable {
	readonly #target: string;
	readonly #path: string;
	readonly #tagPath: string;
	readonly #wanted: WantedFile;
	readonly #file: FileHandle;
	#hash: Hash;
	#bytes = 0;

	private constructor(folder: string, wanted: WantedFile, file: FileHandle) {
		this.#target = join(folder, wanted.name);
		this.#path = `${this.#target}.part`;
		this.#tagPath = `${this.#path}.etag`;
		this.#wanted = wanted;
		this.#file = file;
		this.#hash = hashFor(wanted.checksum, wanted.bytes);
	}

	/** Goes on with what is there, and else begins. The caller disposes of the result. */
	static async open(folder: string, wanted: WantedFile): Promise<PartialFile> {
		const path = join(folder, `${wanted.name}.part`);
		return await onDisk(path, async () => {
			const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o644);
			const partial = new PartialFile(folder, wanted, file);
			try {
				const { size } = await file.stat();
				if (size > wanted.bytes) {
					await partial.restart();
				} else {
					await partial.#readBack(size);
				}
			} catch (error) {
				await file.close();
				throw error;
			}
			return partial;
		});
	}

	/** How much is there. */
	get bytes(): number {
		return this.#bytes;
	}

	/** Whether nothing is missing; {@link finish} says whether it is right. */
	get isComplete(): boolean {
		return this.#bytes === this.#wanted.bytes;
	}

	/** The strong entity tag of what this is the beginning of; undefined where the server gave none. */
	async tag(): Promise<string | undefined> {
		try {
			const tag = await readFile(this.#tagPath, "utf8");
			return isStrongTag(tag) ? tag : undefined;
		} catch {
			// None was written, or it is lost: the checksum judges all the same.
			return undefined;
		}
	}

	/** Begins anew, with the content that `tag` names. */
	async restart(tag?: string | null): Promise<void> {
		await onDisk(this.#path, async () => {
			if (this.#bytes > 0 || (await this.#file.stat()).size > 0) {
				await this.#file.truncate(0);
			}
			this.#hash = hashFor(this.#wanted.checksum, this.#wanted.bytes);
			this.#bytes = 0;
			if (typeof tag === "string" && isStrongTag(tag)) {
				await writeFile(this.#tagPath, tag);
			} else {
				await rm(this.#tagPath, { force: true });
			}
		});
	}

	/** Writes the next bytes. There must not be more than are missing. */
	async append(bytes: Uint8Array): Promise<void> {
		await onDisk(this.#path, async () => {
			for (let written = 0; written < bytes.length;) {
				const left = bytes.subarray(written);
				const { bytesWritten } = await this.#file.write(left, 0, left.length, this.#bytes);
				this.#hash.update(left.subarray(0, bytesWritten));
				this.#bytes += bytesWritten;
				written += bytesWritten;
			}
		});
	}

	/** Gives the complete file its name, unless its checksum is wrong: then it begins anew. */
	async finish(): Promise<"whole" | "wrongChecksum"> {
		if (this.#hash.copy().digest("hex") !== this.#wanted.checksum.hex) {
			await this.restart();
			return "wrongChecksum";
		}
		await onDisk(this.#target, async () => {
			await this.#file.sync();
			await rename(this.#path, this.#target);
			await rm(this.#tagPath, { force: true });
		});
		return "whole";
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#file.close();
	}

	async #readBack(size: number): Promise<void> {
		const buffer = Buffer.allocUnsafe(Math.min(readBytes, Math.max(1, size)));
		while (this.#bytes < size) {
			const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, this.#bytes);
			if (bytesRead === 0) {
				return;
			}
			this.#hash.update(buffer.subarray(0, bytesRead));
			this.#bytes += bytesRead;
		}
	}
}

/** Whether the file lies in `folder` under its name: it got that when it was whole. */
export async function isWhole(folder: string, { name, bytes }: WantedFile): Promise<boolean> {
	const found = await stat(join(folder, name)).catch(() => undefined);
	return found?.isFile() === true && found.size === bytes;
}

/** How much of the file is there, whole or not. */
export async function bytesThere(folder: string, wanted: WantedFile): Promise<number> {
	if (await isWhole(folder, wanted)) {
		return wanted.bytes;
	}
	const found = await stat(join(folder, `${wanted.name}.part`)).catch(() => undefined);
	return Math.min(found?.size ?? 0, wanted.bytes);
}

/** A weak one doesn't promise the same bytes. */
function isStrongTag(tag: string): boolean {
	return tag.length <= maxTagLength && /^"[\x21\x23-\x7e]*"$/.test(tag);
}
