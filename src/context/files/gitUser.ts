import os from "node:os";
import path from "node:path";
import { gitText } from "./gitConfig.ts";
import { readSmallText } from "./smallFile.ts";

/** Configurations have a few lines for each branch. */
export const maxConfigBytes = 1024 * 1024;

/** The texts of the configurations that a user has for all repositories; a later one counts before an earlier one. */
export function userConfigs(): readonly string[] {
	const files = [path.join(configFolder(), "config"), path.join(os.homedir(), ".gitconfig")];
	return files.flatMap((file) => readSmallText(file, maxConfigBytes, "followed") ?? []);
}

/**
 * The file with a user's rules for all repositories, absolute: what `core.excludesFile` names in the last of `configs`
 * that has it, or else git's own place for it. Undefined where there is to be none.
 */
export function excludesFile(workTree: string, configs: readonly string[]): string | undefined {
	const named = configs
		.map((config) => gitText(config, "core", "excludesfile"))
		.findLast((name) => name !== undefined);
	if (named === undefined) {
		return path.join(configFolder(), "ignore");
	}
	const home = /^~(?=[/\\]|$)/.exec(named);
	const file = home === null ? named : path.join(os.homedir(), named.slice(1));
	// Windows logs in where a path names another machine; a repository's configuration mustn't bring that about.
	const isElsewhere = /^[\\/]{2}/.test(file) && process.platform === "win32";
	return file === "" || file.startsWith("~") || file.includes("\0") || isElsewhere
		? undefined
		: path.resolve(workTree, file);
}

function configFolder(): string {
	const { XDG_CONFIG_HOME: named = "" } = process.env;
	return path.join(path.isAbsolute(named) ? named : path.join(os.homedir(), ".config"), "git");
}
