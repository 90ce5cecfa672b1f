import { readFile } from "node:fs/promises";

/** Driver files are a few hundred bytes, and the kernel's a few lines. */
const maxTextLength = 10_000;

/** A small file of the system; undefined where there is none. */
export async function textOf(path: string): Promise<string | undefined> {
	const text = await readFile(path, "utf8").catch(() => undefined);
	return text?.slice(0, maxTextLength);
}
