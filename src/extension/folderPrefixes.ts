/** What of a workspace folder its files are named by. */
export interface NamedFolder {
	/** As the user calls it: any text. */
	readonly name: string;
	/** Which machine and kind of file system it is on: folders within one another have the same. */
	readonly origin: string;
	/** Absolute, with forward slashes. */
	readonly path: string;
}

/**
 * What stands in front of the paths of each folder, so that a path names one file of the workspace: nothing where
 * there is one folder, and one made-up segment for each of several, by its name. A folder within another one has the
 * path that it has there. In the order of the folders.
 */
export function folderPrefixes(folders: readonly NamedFolder[]): readonly string[] {
	if (folders.length < 2) {
		return folders.map(() => "");
	}
	const outer = folders.map((folder) => outermost(folder, folders));
	const labels = uniqueLabels(folders.filter((folder, index) => outer[index] === folder));
	return folders.map(({ path }, index) => {
		const around = outer[index];
		const label = around === undefined ? "" : (labels.get(around) ?? "");
		const inside = around === undefined ? "" : path.slice(withSlash(around.path).length);
		return inside === "" ? `${label}/` : `${label}/${withSlash(inside)}`;
	});
}

/**
 * The folder, by its number, that a path of the workspace is in, and the path within it. One without any folder's
 * prefix, such as a model writes, is taken for one of the first folder. Undefined without a folder.
 */
export function folderNamed(
	written: string,
	prefixes: readonly string[],
): { readonly index: number; readonly path: string } | undefined {
	let best: number | undefined;
	for (const [index, prefix] of prefixes.entries()) {
		if (written.startsWith(prefix) && prefix.length > (prefixes[best ?? -1]?.length ?? -1)) {
			best = index;
		}
	}
	if (best === undefined) {
		return prefixes.length === 0 ? undefined : { index: 0, path: written };
	}
	return { index: best, path: written.slice(prefixes[best]?.length ?? 0) };
}

/** The folder that is around all others that this one is in; often itself. */
function outermost(folder: NamedFolder, folders: readonly NamedFolder[]): NamedFolder {
	let found = folder;
	for (const other of folders) {
		if (other.origin === folder.origin && withSlash(found.path).startsWith(withSlash(other.path))) {
			found = other;
		}
	}
	return found;
}

function withSlash(path: string): string {
	return path.endsWith("/") ? path : `${path}/`;
}

/** Names; where several folders have the same one, with the name of the folder that each is in. */
function uniqueLabels(folders: readonly NamedFolder[]): ReadonlyMap<NamedFolder, string> {
	const plain = folders.map(({ name }) => segmentOf(name));
	const taken = new Set<string>();
	return new Map(
		folders.map((folder, index) => {
			const label = plain[index] ?? "";
			const isShared = plain.some((other, at) => at !== index && same(other) === same(label));
			const parent = folder.path.split("/").filter(Boolean).at(-2) ?? "";
			const wanted = isShared && parent !== "" ? segmentOf(`${parent}-${label}`) : label;
			const free = freeLabel(
				wanted,
				(each) =>
					taken.has(same(each)) ||
					(each !== label && plain.some((other) => same(other) === same(each))),
			);
			taken.add(same(free));
			return [folder, free] as const;
		}),
	);
}

function freeLabel(wanted: string, isTaken: (label: string) => boolean): string {
	let label = wanted;
	for (let number = 2; isTaken(label); number++) {
		label = `${wanted}-${number}`;
	}
	return label;
}

/** Some file systems, and most people, don't tell letter case apart. */
const same = (label: string): string => label.normalize("NFC").toLowerCase();

const reservedNames = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** A name as one segment of a path that is taken everywhere, also from a model. */
function segmentOf(name: string): string {
	const segment = name
		.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029/\\:*?"<>|%]/gu, "-")
		.slice(0, maxSegmentLength)
		.toWellFormed()
		// White space of all scripts: whoever reads paths takes it off. A tilde would stand for somebody's home.
		.replaceAll(/^[.\s~]+|[.\s]+$/gu, "");
	return segment === "" ? "folder" : reservedNames.test(segment) ? `${segment}-` : segment;
}

const maxSegmentLength = 80;
