import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import * as z from "zod";
import { ImportError } from "./importError.ts";
import { readTextFile } from "./jsonFile.ts";

/** A folder beside an import's target, in which it is written. Exactly one of its methods ends it. */
export interface PartialFolder {
	readonly path: string;
	/** Gives it the target's name. */
	moveIntoPlace(): Promise<void>;
	/** Keeps it for an import with the same key. */
	leave(): Promise<void>;
	remove(): Promise<void>;
}

/** Who writes a partial folder, and what. */
const ownerFileName = "import.json";
const ownerSchema = z.strictObject({
	key: z.string().length(64),
	/** Of the process; 0 once it has left. */
	pid: z.int().nonnegative(),
});
const maxOwnerBytes = 1000;

/**
 * A partial folder of `target`: one that an import with the same key has left behind, of which only the `resumable` files
 * are kept, or a new one. One in which a process writes that still runs is never taken.
 *
 * @throws ImportError "outputUnusable"
 */
export async function openPartialFolder(
	target: string,
	key: string,
	resumable: readonly string[],
): Promise<PartialFolder> {
	const path = (await findLeft(target, key)) ?? (await createPartialFolder(target));
	for (const name of await readdir(path)) {
		if (!resumable.includes(name)) {
			await rm(join(path, name), { recursive: true });
		}
	}
	const owner = (pid: number): Promise<void> =>
		writeFile(join(path, ownerFileName), JSON.stringify({ key, pid }));
	await owner(process.pid);
	return {
		path,
		moveIntoPlace: async () => {
			await rm(join(path, ownerFileName));
			await moveIntoPlace(path, target);
		},
		leave: () => owner(0),
		remove: () => rm(path, { recursive: true, force: true }),
	};
}

const prefixOf = (target: string): string => `${basename(target)}.partial-`;

async function findLeft(target: string, key: string): Promise<string | undefined> {
	const parent = dirname(target);
	const names = await readdir(parent).catch(() => []);
	for (const name of names.filter((found) => found.startsWith(prefixOf(target)))) {
		const path = join(parent, name);
		const owner = await readOwner(path);
		if (owner?.key === key && !isRunning(owner.pid)) {
			return path;
		}
	}
	return undefined;
}

/** Undefined where there is none, or one that isn't ours. */
async function readOwner(folder: string): Promise<z.infer<typeof ownerSchema> | undefined> {
	try {
		const text = await readTextFile(join(folder, ownerFileName), maxOwnerBytes);
		return text === undefined ? undefined : ownerSchema.safeParse(JSON.parse(text)).data;
	} catch {
		return undefined;
	}
}

function isRunning(pid: number): boolean {
	if (pid === 0) {
		return false;
	}
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		// Another user's process may not be asked.
		return error instanceof Error && "code" in error && error.code === "EPERM";
	}
}

/** An empty folder may be there already; anything else is the user's. */
export async function refuseUsedFolder(folder: string): Promise<void> {
	let names: readonly string[];
	try {
		names = await readdir(folder);
	} catch (error) {
		if (error instanceof Error && "code" in error && error.code === "ENOENT") {
			return;
		}
		throw outputExists(folder, error);
	}
	if (names.length > 0) {
		throw outputExists(folder);
	}
}

async function createPartialFolder(target: string): Promise<string> {
	const partial = join(dirname(target), `${prefixOf(target)}${randomUUID().slice(0, 8)}`);
	try {
		await mkdir(partial);
		return partial;
	} catch (error) {
		throw new ImportError(
			"outputUnusable",
			`A folder beside ${target} can't be created; choose an output folder in a place where you may write.`,
			{ cause: error },
		);
	}
}

async function moveIntoPlace(partial: string, target: string): Promise<void> {
	// Where nothing else came between, the target is missing or empty; only a missing one can be renamed
	// to on every system.
	await rmdir(target).catch(() => undefined);
	try {
		await rename(partial, target);
	} catch (error) {
		throw outputExists(target, error);
	}
}

function outputExists(folder: string, cause?: unknown): ImportError {
	return new ImportError(
		"outputUnusable",
		`The output folder ${folder} is already in use; choose another one or delete it first.`,
		{ cause },
	);
}
