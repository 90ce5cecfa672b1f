import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Of what is built and written once; ignored by git. */
export const cacheFolder = join(import.meta.dirname, ".cache");

/** Makes a file that appears under its name only when it is whole. */
export async function makeOnce(
	path: string,
	make: (partial: string) => Promise<void>,
): Promise<string> {
	if (!existsSync(path)) {
		await mkdir(dirname(path), { recursive: true });
		const partial = join(dirname(path), `${process.pid}-${basename(path)}`);
		await make(partial);
		await rename(partial, path);
	}
	return path;
}
