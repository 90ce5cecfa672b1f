import { gzipSync } from "node:zlib";

/** An entry of an archive, as its head says it, which may be lies. */
export interface TarEntry {
	readonly path: string;
	readonly content?: Uint8Array | string;
	/** One sign: "0" for a file, "1" and "2" for links, "5" for a folder, "x" for more about the next entry. */
	readonly type?: string;
	readonly linksTo?: string;
	/** Its size as the head has it, instead of the content's. */
	readonly size?: string;
}

const blockBytes = 512;

/** An archive in the format of POSIX (ustar). */
export function tar(entries: readonly TarEntry[]): Buffer {
	return Buffer.concat([...entries.map(entryBytes), Buffer.alloc(2 * blockBytes)]);
}

/** The same, packed. */
export function tgz(entries: readonly TarEntry[]): Buffer {
	return gzipSync(tar(entries));
}

/** The content of an entry of type "x" with one record. */
export function paxRecord(key: string, value: string): string {
	const rest = ` ${key}=${value}\n`;
	// The length counts its own digits.
	const bytes = [2, 3, 4].map((digits) => digits + Buffer.byteLength(rest));
	const length = bytes.find((sum, index) => String(sum).length === index + 2) ?? 0;
	return `${length}${rest}`;
}

function entryBytes(entry: TarEntry): Buffer {
	const content = Buffer.from(entry.content ?? "");
	const padding = Buffer.alloc((blockBytes - (content.length % blockBytes)) % blockBytes);
	return Buffer.concat([headOf(entry, content.length), content, padding]);
}

function headOf({ path, type = "0", linksTo = "", size }: TarEntry, bytes: number): Buffer {
	const head = Buffer.alloc(blockBytes);
	head.write(path, 0, 100);
	head.write("0000644\0", 100);
	head.write("0000000\0", 108);
	head.write("0000000\0", 116);
	head.write(size ?? `${bytes.toString(8).padStart(11, "0")}\0`, 124, 12);
	head.write("00000000000\0", 136);
	head.fill(" ", 148, 156);
	head.write(type, 156, 1);
	head.write(linksTo, 157, 100);
	head.write("ustar\u000000", 257);
	const sum = head.reduce((total, byte) => total + byte, 0);
	head.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
	return head;
}
