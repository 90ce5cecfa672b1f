import { statSync, type Stats } from "node:fs";
import path from "node:path";
import { gitSwitch } from "./gitConfig.ts";
import { excludesFile, maxConfigBytes, userConfigs } from "./gitUser.ts";
import { readSmallText } from "./smallFile.ts";

/** What git knows of a work tree, read off its files: no program of a foreign repository runs for it. */
export interface GitRepository {
	/** Absolute: the folder with `.git` in it. */
	readonly workTree: string;
	/**
	 * Absolute: the folder with what all work trees of the repository have in common. Undefined where `.git` is
	 * there but leads nowhere.
	 */
	readonly commonFolder: string | undefined;
	/** Whether names that differ in case alone are the same: `core.ignorecase`. */
	readonly ignoresCase: boolean;
	/** Absolute: a file with rules of the user's own for all repositories, which needn't be there. */
	readonly excludesFile: string | undefined;
}

/** What a repository made here would say, for where there is none. */
export const platformIgnoresCase = process.platform === "win32" || process.platform === "darwin";

/** A file with one path in it. */
const maxPointerBytes = 16 * 1024;

/**
 * The repository whose work tree `folder` is in, or undefined. Like git, it ends at the border of a file system:
 * behind it lies what somebody else has mounted.
 */
export function repositoryOf(folder: string): GitRepository | undefined {
	const device = statOf(folder)?.dev;
	for (let at = folder; statOf(at)?.dev === device; at = path.dirname(at)) {
		const repository = repositoryAt(at);
		if (repository !== undefined || path.dirname(at) === at) {
			return repository;
		}
	}
	return undefined;
}

/** The repository whose work tree begins at `workTree`, absolute; undefined without a `.git` there. */
export function repositoryAt(workTree: string): GitRepository | undefined {
	const pointer = path.join(workTree, ".git");
	const stat = statOf(pointer);
	if (stat === undefined) {
		return undefined;
	}
	const gitFolder = stat.isDirectory() ? pointer : pointedAt(pointer, /^gitdir: (.+)$/, workTree);
	// A pointer to somewhere else than a folder of git mustn't have that left out, or read.
	const isUsable = gitFolder !== undefined && (stat.isDirectory() || hasHead(gitFolder));
	if (!isUsable) {
		return {
			workTree,
			commonFolder: undefined,
			ignoresCase: platformIgnoresCase,
			excludesFile: undefined,
		};
	}
	const commonFolder =
		pointedAt(path.join(gitFolder, "commondir"), /^(.+)$/, gitFolder) ?? gitFolder;
	const configs = configsOf(gitFolder, commonFolder);
	const ignoresCase = configs
		.map((config) => gitSwitch(config, "core", "ignorecase"))
		.findLast((value) => value !== undefined);
	return {
		workTree,
		commonFolder,
		ignoresCase: ignoresCase ?? false,
		excludesFile: excludesFile(workTree, configs),
	};
}

function hasHead(gitFolder: string): boolean {
	return statOf(path.join(gitFolder, "HEAD"))?.isFile() === true;
}

function statOf(file: string): Stats | undefined {
	try {
		return statSync(file, { throwIfNoEntry: false });
	} catch {
		// In a folder that may not be read, or beneath a file.
		return undefined;
	}
}

/** The path that a file of git names, relative to `base` or absolute. */
function pointedAt(file: string, pattern: RegExp, base: string): string | undefined {
	const written = pattern.exec(readSmallText(file, maxPointerBytes, "followed")?.trimEnd() ?? "");
	if (written?.[1] === undefined || written[1].includes("\0")) {
		return undefined;
	}
	const pointed = path.resolve(base, written[1]);
	// Windows logs in where a path names another machine; a file of a foreign repository mustn't bring that about.
	const isElsewhere = pointed.startsWith("\\\\") && !base.startsWith("\\\\");
	return isElsewhere ? undefined : pointed;
}

/** A later one counts before an earlier one. */
function configsOf(gitFolder: string, commonFolder: string): readonly string[] {
	const shared = readSmallText(path.join(commonFolder, "config"), maxConfigBytes, "followed") ?? "";
	const own =
		gitSwitch(shared, "extensions", "worktreeconfig") === true
			? readSmallText(path.join(gitFolder, "config.worktree"), maxConfigBytes, "followed")
			: undefined;
	return [...userConfigs(), shared, own ?? ""];
}
