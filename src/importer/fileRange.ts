import type { FileHandle } from "node:fs/promises";

/** Up to `bytes` from `position` on; fewer when the file ends before. */
export async function readRange(
	file: FileHandle,
	position: number,
	bytes: number,
): Promise<Buffer> {
	const buffer = Buffer.alloc(bytes);
	let length = 0;
	while (length < bytes) {
		const { bytesRead } = await file.read(buffer, length, bytes - length, position + length);
		if (bytesRead === 0) {
			break;
		}
		length += bytesRead;
	}
	return buffer.subarray(0, length);
}

/** Bytes of any number, of which any stretch can be read: up to `bytes` from `position` on, fewer where they end before. */
export interface ByteSource {
	readonly size: number;
	read(position: number, bytes: number): Promise<Buffer>;
}

/** How long a file is, and a text that is another one where the file has changed: size and time of the last change. */
export async function fileVersion(
	file: FileHandle,
): Promise<{ readonly size: number; readonly version: string }> {
	const { size, mtimeMs } = await file.stat();
	return { size, version: `${size} ${mtimeMs}` };
}
