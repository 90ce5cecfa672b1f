import { lstat, open, readdir, utimes } from "node:fs/promises";
import path from "node:path";
import type { Dice } from "./dice.ts";

/** Most bytes that are changed in one file. */
const maxFlips = 32;

/** Changes some bytes of a file, or cuts off its end. What has it open finds it so. Says what was done. */
export async function damageFile(file: string, dice: Dice): Promise<string> {
	await using handle = await open(file, "r+");
	const { size } = await handle.stat();
	const name = path.basename(file);
	if (size === 0) {
		await handle.write("damaged");
		return `${name}, which was empty, has something`;
	}
	if (dice.isLucky(0.4)) {
		const left = dice.below(size);
		await handle.truncate(left);
		return `${name} was cut from ${size} to ${left} bytes`;
	}
	const flips = 1 + dice.below(maxFlips);
	for (let flip = 0; flip < flips; flip++) {
		const byte = new Uint8Array(1);
		const place = dice.below(size);
		await handle.read(byte, 0, 1, place);
		await handle.write(Uint8Array.of((byte[0] ?? 0) ^ (1 + dice.below(255))), 0, 1, place);
	}
	return `${flips} bytes of ${name} were changed`;
}

/** All files below `folder` whose names match, in order; none where there is no such folder. */
export async function filesBelow(folder: string, name: RegExp): Promise<readonly string[]> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
	return entries
		.filter((entry) => entry.isFile() && name.test(entry.name))
		.map((entry) => path.join(entry.parentPath, entry.name))
		.sort();
}

/** The times of all files below `folder` become others, as they look to a clock that was set by so much. */
export async function shiftTimes(folder: string, ms: number): Promise<void> {
	for (const file of await filesBelow(folder, /./)) {
		const { mtimeMs } = await lstat(file);
		const shifted = new Date(mtimeMs + ms);
		await utimes(file, shifted, shifted);
	}
}
