import { mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

/** A file to be judged as if it stood in its project. */
export interface TrialSource {
	/** The folder that its project is in: links lead to all that lies there. Undefined: it has no project. */
	readonly root: string | undefined;
	/** Inside of `root`; needn't be there. Without a root only its name counts. */
	readonly file: string;
	readonly text: string;
	/** Whether it belongs to a project of TypeScript. */
	readonly isTypeScript: boolean;
}

export interface TrialFile {
	readonly path: string;
	/** Deletes it with its folder. */
	remove(): Promise<void>;
}

/** Folders with more files aren't linked: no language would be told in time what is in them. */
const maxLinks = 4000;

/** The nearest of these decides how TypeScript reads a file; the first goes before the other. */
const configNames = ["tsconfig.json", "jsconfig.json"] as const;

/**
 * Writes a text into a folder of its own that looks like the file's project: same path, and links in place of all
 * that stands beside it, so that imports lead to the real files. Nothing in the project itself is touched, and nobody
 * else can read the folder. Undefined where that can't be done: too many files, or a system without links.
 */
export async function writeTrialFile(source: TrialSource): Promise<TrialFile | undefined> {
	const { root, text } = source;
	const inRoot = root === undefined ? path.basename(source.file) : path.relative(root, source.file);
	const parts = inRoot.split(path.sep);
	if (inRoot === "" || path.isAbsolute(inRoot) || parts.includes("..")) {
		return undefined;
	}
	const folder = await mkdtemp(path.join(await realpath(tmpdir()), "mote-trial-"));
	const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
	try {
		const file = path.join(folder, inRoot);
		if (root !== undefined) {
			const configFile = await linkProject(root, folder, parts, source.isTypeScript);
			if (configFile !== undefined) {
				const own = path.join(folder, path.relative(root, configFile));
				await writeFile(own, configOf(configFile, file));
			}
		}
		await writeFile(file, text, { mode: 0o600 });
		return { path: file, remove };
	} catch (error) {
		await remove();
		if (error instanceof TooManyLinks || isRefused(error)) {
			return undefined;
		}
		throw error;
	}
}

/** Gives the file that configures TypeScript there, which isn't linked. */
async function linkProject(
	root: string,
	folder: string,
	parts: readonly string[],
	isTypeScript: boolean,
): Promise<string | undefined> {
	let configFile: string | undefined;
	let links = 0;
	for (const [level, next] of parts.entries()) {
		const real = path.join(root, ...parts.slice(0, level));
		const copy = path.join(folder, ...parts.slice(0, level));
		await mkdir(copy, { recursive: true });
		const names = new Set(await readdir(real));
		if (isTypeScript) {
			const configName = configNames.find((name) => names.has(name));
			configFile = configName === undefined ? configFile : path.join(real, configName);
			configNames.forEach((name) => names.delete(name));
		}
		names.delete(next);
		links += names.size;
		if (links > maxLinks) {
			throw new TooManyLinks();
		}
		for (const name of names) {
			await symlink(path.join(real, name), path.join(copy, name));
		}
	}
	return configFile;
}

/** As the project has it, for one file, what that imports, and what is declared for all: the rest needn't be read again. */
function configOf(configFile: string, file: string): string {
	const real = path.dirname(configFile);
	return JSON.stringify({
		extends: configFile,
		compilerOptions: { noEmit: true, composite: false, incremental: false },
		files: [file],
		include: [path.join(real, "**/*.d.ts")],
		exclude: [path.join(real, "**/node_modules")],
		references: [],
	});
}

class TooManyLinks extends Error {}

/** Links need a right on Windows, and a folder of the project may be gone or closed to this user. */
function isRefused(error: unknown): boolean {
	return (
		error instanceof Error &&
		"code" in error &&
		["EPERM", "EACCES", "ENOENT", "ENOTDIR", "ENOSYS"].includes(String(error.code))
	);
}
