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
