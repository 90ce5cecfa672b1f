import path from "node:path";
import {
	platformIgnoresCase,
	repositoryAt,
	repositoryOf,
	type GitRepository,
} from "./gitRepository.ts";
import { IgnoreRules } from "./ignoreRules.ts";
import { literalGlob } from "./literalGlob.ts";
import { readSmallText } from "./smallFile.ts";

/** A .gitignore beyond this is no list that a person keeps. */
const maxGitignoreBytes = 256 * 1024;

/**
 * The rules that hold for `root` before its own are read: those of the repository it is in, from the top of the
 * work tree downwards, and what `exclude` names. Where these rules leave out `root` itself it is no part of that
 * repository, and they say nothing about who opens it: think of a home folder under version control with `*` as
 * its rule.
 */
export function rulesAbove(root: string, exclude: readonly string[]): IgnoreRules {
	const repository = repositoryOf(root);
	if (repository === undefined) {
		return IgnoreRules.root(exclude, platformIgnoresCase);
	}
	const { workTree, ignoresCase, commonFolder } = repository;
	const inside = path.relative(workTree, root).split(path.sep).join("/");
	const ownFolder = commonFolder === undefined ? [] : globsWithin(root, commonFolder);
	const excluded = [...exclude, ...ownFolder];
	let rules = withSharedRules(IgnoreRules.root([], ignoresCase), "", repository);
	let folder = "";
	for (const part of inside.split("/").filter((name) => name !== "")) {
		rules = withGitignore(rules, workTree, folder);
		if (rules.excludes(folder + part, "/")) {
			return IgnoreRules.root(excluded, ignoresCase);
		}
		folder += `${part}/`;
	}
	return rules.seenFrom(folder, excluded);
}

/**
 * The rules below `folder` ("" or with a slash at its end), given those above it. A folder with a `.git` of its own
 * is another repository, such as a submodule: what git is told outside of it doesn't count there. `has` says which
 * of git's two files may be there.
 */
export function rulesIn(
	rules: IgnoreRules,
	root: string,
	folder: string,
	has: (name: ".git" | ".gitignore") => boolean = () => true,
): IgnoreRules {
	let here = rules;
	const repository =
		folder !== "" && has(".git") ? repositoryAt(path.join(root, folder)) : undefined;
	if (repository !== undefined) {
		here = withSharedRules(rules.ofRepositoryWithin(repository.ignoresCase), folder, repository);
	}
	return has(".gitignore") ? withGitignore(here, root, folder) : here;
}

function withGitignore(rules: IgnoreRules, root: string, folder: string): IgnoreRules {
	const file = path.join(root, folder, ".gitignore");
	return withText(rules, folder, readSmallText(file, maxGitignoreBytes, "refused"));
}

/** The rules that all work trees of a repository share, and that aren't under version control: the user's come first. */
function withSharedRules(
	rules: IgnoreRules,
	folder: string,
	{ commonFolder, excludesFile }: GitRepository,
): IgnoreRules {
	const shared =
		commonFolder === undefined ? undefined : path.join(commonFolder, "info", "exclude");
	return [excludesFile, shared]
		.filter((file) => file !== undefined)
		.reduce(
			(all, file) => withText(all, folder, readSmallText(file, maxGitignoreBytes, "followed")),
			rules,
		);
}

function withText(rules: IgnoreRules, folder: string, text: string | undefined): IgnoreRules {
	return text === undefined || text === "" ? rules : rules.with(folder, text);
}

/** Git's own folder where it has another name than `.git` and stands among the files, as globs. */
function globsWithin(root: string, commonFolder: string): string[] {
	const inside = path.relative(root, commonFolder).split(path.sep).join("/");
	return inside === "" || inside.startsWith("../") || inside === ".." || path.isAbsolute(inside)
		? []
		: [literalGlob(inside)];
}
