/** Languages whose imports name files or types, not places relative to the importer. */

import path from "node:path";
import { folderOf } from "../fileTable.ts";
import type { Resolve } from "./resolution.ts";
import { joined, nearestFirst } from "./nearest.ts";

/** A name that so many files have says nothing about which is meant. */
const maxCandidates = 5;

/** Beside the importer first, then wherever the path ends like that, as some include folder makes it. */
export const resolveC: Resolve = ({ files }, importer, { specifier }) => {
	const beside = path.posix.join(folderOf(importer), specifier);
	if (files.has(beside)) {
		return [beside];
	}
	const plain = path.posix.normalize(specifier).replace(/^(?:\.\.\/)+/, "");
	return nearestFirst(importer, files.endingWith(plain)).slice(0, maxCandidates);
};

/** A class by its path; `*` by the folder; a static member by the class in front of it. */
export const resolveJava: Resolve = ({ files }, importer, { specifier, names }) => {
	const parts = specifier.split(".");
	if (names.some(({ imported }) => imported === "*")) {
		const folder = parts.join("/");
		const inFolder = files
			.foldersNamed(parts.at(-1) ?? "")
			.filter((candidate) => candidate === folder || candidate.endsWith(`/${folder}`))
			.flatMap((candidate) => files.filesIn(candidate))
			.filter((file) => file.endsWith(".java"));
		if (inFolder.length > 0) {
			return inFolder;
		}
	}
	// A nested class or a static member stands in the file of the class around it.
	for (let count = parts.length; count >= Math.max(1, parts.length - 2); count--) {
		const found = files.endingWith(`${parts.slice(0, count).join("/")}.java`);
		if (found.length > 0) {
			return nearestFirst(importer, found).slice(0, maxCandidates);
		}
	}
	return [];
};

/** A namespace is every file that declares it; folders say nothing. */
export const resolveCSharp: Resolve = (context, importer, { specifier }) => {
	const files = context.filesDefiningModule(specifier);
	if (files.length > 0) {
		return nearestFirst(importer, files);
	}
	// `using static A.B.C;` and aliases name a type.
	const type = specifier.split(".").at(-1) ?? specifier;
	return context.files.endingWith(`${type}.cs`).slice(0, maxCandidates);
};

/** `require` by its path; `use` by the file of the class, the one whose folders match the namespace most. */
export const resolvePhp: Resolve = ({ files }, importer, { specifier, names }) => {
	if (names.length === 0) {
		const plain = specifier.replace(/^\/+/, "");
		const beside = path.posix.join(folderOf(importer), plain);
		return files.has(beside)
			? [beside]
			: nearestFirst(importer, files.endingWith(path.posix.normalize(plain))).slice(
					0,
					maxCandidates,
				);
	}
	const parts = specifier.split("\\").filter((part) => part !== "");
	for (let from = 0; from < parts.length; from++) {
		const found = files.endingWith(`${parts.slice(from).join("/")}.php`);
		// The class name alone must be the only one of its kind.
		if (found.length > 0 && (from < parts.length - 1 || found.length === 1)) {
			return nearestFirst(importer, found).slice(0, maxCandidates);
		}
	}
	return [];
};

/** `require_relative` beside the importer (its specifier begins with a dot), `require` below some `lib`. */
export const resolveRuby: Resolve = ({ files }, importer, { specifier }) => {
	const file = specifier.endsWith(".rb") ? specifier : `${specifier}.rb`;
	if (specifier.startsWith(".")) {
		const beside = path.posix.join(folderOf(importer), file);
		return files.has(beside) ? [beside] : [];
	}
	const inLib = joined("lib", file);
	if (files.has(inLib)) {
		return [inLib];
	}
	return nearestFirst(importer, files.endingWith(file)).slice(0, maxCandidates);
};
