import ignore, { type Ignore } from "ignore";
import picomatch from "picomatch";

/** Folders of tools, never of authors: they are left out even where no rule says so. */
const skippedFolders: ReadonlySet<string> = new Set([
	".git",
	".hg",
	".svn",
	".jj",
	"CVS",
	"node_modules",
	"bower_components",
	"__pycache__",
	".venv",
	".tox",
	".mypy_cache",
	".pytest_cache",
	".gradle",
	".next",
	".nuxt",
	".terraform",
]);

/** Data that programs write for programs; it is large, and every word in it would look rare. */
const isMachineData = picomatch(
	[
		"*.{map,lock,svg,csv,tsv,snap,min.js,min.css,bundle.js,pbxproj,ipynb,patch,diff,log,sum}",
		"{package-lock,npm-shrinkwrap,composer.lock,packages.lock}.json",
		"pnpm-lock.yaml",
		"go.sum",
	],
	{ dot: true, nocase: true },
);

/** The rules of one folder's .gitignore; they hold for everything below it. */
interface RulesOfFolder {
	/** Seen from the top of the work tree: "" or with a slash at its end. */
	readonly folder: string;
	readonly rules: Ignore;
}

/** Of the folder that is read, and of the repository it is in. */
interface Place {
	readonly isExcluded: (path: string) => boolean;
	/** The folder that is read, seen from the top of the work tree: "" or with a slash at its end. */
	readonly base: string;
	/** Whether rules take names that differ in case alone for the same: git's `core.ignorecase`. */
	readonly ignoresCase: boolean;
}

/**
 * Which files of a folder are left out: rules of the folders above it, from the root downwards. Paths are those
 * of the folder that is read, with forward slashes.
 */
export class IgnoreRules {
	readonly #place: Place;
	readonly #layers: readonly RulesOfFolder[];

	private constructor(place: Place, layers: readonly RulesOfFolder[]) {
		this.#place = place;
		this.#layers = layers;
	}

	/** `exclude`: globs as in the setting `files.exclude`, matched against whole paths. */
	static root(exclude: readonly string[], ignoresCase: boolean): IgnoreRules {
		const patterns = exclude.flatMap((glob) => [glob, `${glob.replace(/\/+$/, "")}/**`]);
		return new IgnoreRules(
			{ isExcluded: picomatch(patterns, { dot: true }), base: "", ignoresCase },
			[],
		);
	}

	/** The rules below `folder` ("" or with a slash at its end), given the text of its .gitignore. */
	with(folder: string, gitignore: string): IgnoreRules {
		const { base, ignoresCase } = this.#place;
		const rules = ignore({ allowRelativePaths: true, ignorecase: ignoresCase }).add(gitignore);
		return new IgnoreRules(this.#place, [...this.#layers, { folder: base + folder, rules }]);
	}

	/** The same rules for who reads `folder` alone, with what is excluded there. */
	seenFrom(folder: string, exclude: readonly string[]): IgnoreRules {
		const { base, ignoresCase } = this.#place;
		const { isExcluded } = IgnoreRules.root(exclude, ignoresCase).#place;
		return new IgnoreRules({ isExcluded, base: base + folder, ignoresCase }, this.#layers);
	}

	/** No rules yet: those of a repository within this one, for which git asks nobody above it. */
	ofRepositoryWithin(ignoresCase: boolean): IgnoreRules {
		return new IgnoreRules({ ...this.#place, ignoresCase }, []);
	}

	ignoresFolder(path: string): boolean {
		return isSkippedFolder(path) || this.excludes(path, "/");
	}

	ignoresFile(path: string): boolean {
		const name = path.slice(path.lastIndexOf("/") + 1);
		return name === ".git" || isMachineData(name) || this.excludes(path, "");
	}

	/**
	 * Whether somebody has said so, be it to git or to the editor. The rule nearest to the file decides, as in git; a
	 * folder's rule is tested with a slash.
	 */
	excludes(path: string, slash: "" | "/"): boolean {
		const { isExcluded, base } = this.#place;
		if (isExcluded(path)) {
			return true;
		}
		for (const { folder, rules } of this.#layers.toReversed()) {
			const { ignored, unignored } = rules.test((base + path).slice(folder.length) + slash);
			if (ignored || unignored) {
				return ignored;
			}
		}
		return false;
	}
}

/** Whether a folder is one of tools by its name. */
export function isSkippedFolder(path: string): boolean {
	return skippedFolders.has(path.slice(path.lastIndexOf("/") + 1));
}
