import path from "node:path";

/** Which files there are, by the ways in which imports name them. */
export class FileTable {
	readonly #slots = new Map<string, number>();
	/** What stands directly in each folder: paths of files, and of folders with a slash at their end. */
	readonly #folders = new Map<string, Set<string>>();
	readonly #byBaseName = new Map<string, Set<string>>();
	readonly #foldersByName = new Map<string, Set<string>>();
	#sorted: readonly string[] | undefined;
	/** Grows when a file comes or goes. */
	revision = 0;

	get size(): number {
		return this.#slots.size;
	}

	slotOf(file: string): number | undefined {
		return this.#slots.get(file);
	}

	has(file: string): boolean {
		return this.#slots.has(file);
	}

	set(file: string, slot: number): void {
		if (!this.#slots.has(file)) {
			this.#sorted = undefined;
			this.revision++;
			addTo(this.#byBaseName, path.posix.basename(file), file);
			this.#addToFolder(folderOf(file), file);
		}
		this.#slots.set(file, slot);
	}

	delete(file: string): void {
		if (!this.#slots.delete(file)) {
			return;
		}
		this.#sorted = undefined;
		this.revision++;
		deleteFrom(this.#byBaseName, path.posix.basename(file), file);
		this.#deleteFromFolder(folderOf(file), file);
	}

	/** By path, in the order of UTF-16 units. */
	paths(): readonly string[] {
		this.#sorted ??= [...this.#slots.keys()].sort();
		return this.#sorted;
	}

	/** The files directly in a folder ("" for the root), by path. */
	filesIn(folder: string): readonly string[] {
		return [...(this.#folders.get(folder) ?? [])].filter((child) => !child.endsWith("/")).sort();
	}

	/** Whether any file or folder has this name. */
	hasName(name: string): boolean {
		return this.#byBaseName.has(name) || this.#foldersByName.has(name);
	}

	/** The folders that have this name, by path. */
	foldersNamed(name: string): readonly string[] {
		return [...(this.#foldersByName.get(name) ?? [])].sort();
	}

	/** The files whose path ends with `end`, which is a path itself: `util/io.h`. By path. */
	endingWith(end: string): readonly string[] {
		const candidates = this.#byBaseName.get(path.posix.basename(end)) ?? [];
		return [...candidates].filter((file) => file === end || file.endsWith(`/${end}`)).sort();
	}

	#addToFolder(folder: string, child: string): void {
		if (!this.#folders.has(folder) && folder !== "") {
			addTo(this.#foldersByName, path.posix.basename(folder), folder);
			this.#addToFolder(folderOf(folder), `${folder}/`);
		}
		addTo(this.#folders, folder, child);
	}

	#deleteFromFolder(folder: string, child: string): void {
		deleteFrom(this.#folders, folder, child);
		if (!this.#folders.has(folder) && folder !== "") {
			deleteFrom(this.#foldersByName, path.posix.basename(folder), folder);
			this.#deleteFromFolder(folderOf(folder), `${folder}/`);
		}
	}
}

/** "" for a file in the root. */
export function folderOf(file: string): string {
	const slash = file.lastIndexOf("/");
	return slash < 0 ? "" : file.slice(0, slash);
}

function addTo(map: Map<string, Set<string>>, key: string, value: string): void {
	const set = map.get(key);
	if (set === undefined) {
		map.set(key, new Set([value]));
	} else {
		set.add(value);
	}
}

function deleteFrom(map: Map<string, Set<string>>, key: string, value: string): void {
	const set = map.get(key);
	if (set?.delete(value) === true && set.size === 0) {
		map.delete(key);
	}
}
