import type { ImportedNameTag } from "./fileTags.ts";

interface UsedPath {
	/** The module: `crate::a::b`. */
	readonly specifier: string;
	readonly names: readonly ImportedNameTag[];
}

/** Braces in braces: deeper than anyone writes, so that a hostile file can't exhaust the stack. */
const maxNesting = 20;

/**
 * The modules of a Rust use tree with the names taken from each, in the order in which they first appear.
 * `crate::a::{self, B as C, d::*}` takes `a` itself and `B` from `crate::a`, and everything from `crate::a::d`.
 */
export function usedPaths(tree: string): readonly UsedPath[] {
	const byModule = new Map<string, ImportedNameTag[]>();
	collect(
		tree
			.replaceAll(/\/\/[^\n]*/g, " ")
			.replaceAll(/\s+/g, " ")
			.trim(),
		"",
		byModule,
		0,
	);
	return [...byModule].map(([specifier, names]) => ({ specifier, names }));
}

function collect(
	tree: string,
	prefix: string,
	byModule: Map<string, ImportedNameTag[]>,
	depth: number,
): void {
	const brace = tree.indexOf("{");
	if (brace >= 0) {
		if (depth < maxNesting) {
			const within = prefix + tree.slice(0, brace).trim();
			const end = tree.lastIndexOf("}");
			for (const part of splitList(tree.slice(brace + 1, end < 0 ? undefined : end))) {
				collect(part, within, byModule, depth + 1);
			}
		}
		return;
	}
	const [written = "", alias] = tree.split(/ as /);
	const parts = (prefix + written.trim()).split("::").map((part) => part.trim());
	let last = parts.pop() ?? "";
	if (last === "self" && parts.length > 0) {
		// `a::{self}` is the same as `a`.
		last = parts.pop() ?? "";
	}
	const module = parts.join("::");
	if (last === "" || (module === "" && last === "*")) {
		return;
	}
	const name = { imported: last, local: alias?.trim() ?? last };
	// A crate by itself: `use serde;`
	const specifier = module === "" ? last : module;
	const names = byModule.get(specifier) ?? [];
	names.push(module === "" ? { imported: "*", local: name.local } : name);
	byModule.set(specifier, names);
}

/** Splits at the commas that aren't inside braces. */
function splitList(list: string): readonly string[] {
	const parts: string[] = [];
	let depth = 0;
	let start = 0;
	for (let at = 0; at <= list.length; at++) {
		const character = list[at];
		if (character === "{") {
			depth++;
		} else if (character === "}") {
			depth--;
		} else if (character === undefined || (character === "," && depth === 0)) {
			parts.push(list.slice(start, at).trim());
			start = at + 1;
		}
	}
	return parts.filter((part) => part !== "");
}
