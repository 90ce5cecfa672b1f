import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/** Windows has neither flag, and no pipes in folders. */
const noFollow = process.platform === "win32" ? 0 : constants.O_NOFOLLOW;
const noWait = process.platform === "win32" ? 0 : constants.O_NONBLOCK;

/** How a file of a foreign folder is opened: a pipe isn't waited for, a link isn't followed. */
export const foreignFileFlags = constants.O_RDONLY | noFollow | noWait;

/**
 * The text of a file that tools keep, such as a list of rules. Undefined where there is no such file, where it
 * can't be read, and where it has more than `maxBytes`: what a person keeps is smaller. Links are refused as git
 * refuses them in a work tree, or followed as it does in its own folder.
 */
export function readSmallText(
	file: string,
	maxBytes: number,
	links: "refused" | "followed",
): string | undefined {
	let descriptor: number | undefined;
	try {
		descriptor = openSync(
			file,
			links === "refused" ? foreignFileFlags : constants.O_RDONLY | noWait,
		);
		const stat = fstatSync(descriptor);
		if (!stat.isFile() || stat.size > maxBytes) {
			return undefined;
		}
		return Buffer.from(readBytes(descriptor, stat.size)).toString();
	} catch {
		// Gone, no file or not readable: the same as none.
		return undefined;
	} finally {
		if (descriptor !== undefined) {
			closeSync(descriptor);
		}
	}
}

/** `size` bytes, or fewer when the file shrank meanwhile. */
export function readBytes(descriptor: number, size: number): Uint8Array {
	const bytes = Buffer.allocUnsafe(size);
	let filled = 0;
	while (filled < size) {
		const read = readSync(descriptor, bytes, filled, size - filled, filled);
		if (read === 0) {
			break;
		}
		filled += read;
	}
	return bytes.subarray(0, filled);
}
