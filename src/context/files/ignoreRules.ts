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
	/** "" for the root, otherwise with a slash at its end. */
	readonly folder: string;
	readonly rules: Ignore;
}

/** Which files of a folder are left out: rules of the folders above it, from the root downwards. */
export class IgnoreRules {
	readonly #layers: readonly RulesOfFolder[];
	readonly #isExcluded: (path: string) => boolean;

	private constructor(layers: readonly RulesOfFolder[], isExcluded: (path: string) => boolean) {
		this.#layers = layers;
		this.#isExcluded = isExcluded;
	}

	/** `exclude`: globs as in the setting `files.exclude`, matched against whole paths. */
	static root(exclude: readonly string[]): IgnoreRules {
		const patterns = exclude.flatMap((glob) => [glob, `${glob.replace(/\/+$/, "")}/**`]);
		return new IgnoreRules([], picomatch(patterns, { dot: true }));
	}

	/** The rules below `folder` ("" or with a slash at its end), given the text of its .gitignore. */
	with(folder: string, gitignore: string): IgnoreRules {
		const rules = ignore({ allowRelativePaths: true }).add(gitignore);
		return new IgnoreRules([...this.#layers, { folder, rules }], this.#isExcluded);
	}

	ignoresFolder(path: string): boolean {
		const name = path.slice(path.lastIndexOf("/") + 1);
		return skippedFolders.has(name) || this.#ignores(path, "/");
	}

	ignoresFile(path: string): boolean {
		return isMachineData(path.slice(path.lastIndexOf("/") + 1)) || this.#ignores(path, "");
	}

	/** The rule nearest to the file decides, as in git; a folder's rule is tested with a slash. */
	#ignores(path: string, slash: "" | "/"): boolean {
		if (this.#isExcluded(path)) {
			return true;
		}
		for (const { folder, rules } of this.#layers.toReversed()) {
			const { ignored, unignored } = rules.test(path.slice(folder.length) + slash);
			if (ignored || unignored) {
				return ignored;
			}
		}
		return false;
	}
}
