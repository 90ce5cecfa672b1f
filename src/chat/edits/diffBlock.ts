import type { CodeBlock } from "./codeBlocks.ts";
import type { Hunk } from "./hunks.ts";

export type DiffChanges =
	| {
			readonly kind: "changes";
			readonly hunks: readonly Hunk[];
	  }
	| { readonly kind: "refused"; readonly sentence: string };

/** Whether a block is a diff: it says so, or it has the heads of one. */
export function isDiff({ content, info }: Pick<CodeBlock, "content" | "info">): boolean {
	return /^(?:diff|patch)\b/i.test(info) || /^--- .*\n\+\+\+ .*\n@@ /m.test(content);
}

/** Files that the diff names, as written. */
export function pathsOfDiff(content: string): readonly string[] {
	return [...content.matchAll(/^(?:---|\+\+\+) (?:"?[ab]\/)?([^\t\n]*?)"?(?:\t.*)?$/gm)]
		.map(([, path]) => path ?? "")
		.filter((path) => path !== "/dev/null");
}

/**
 * The changes of a diff of one file. Line numbers and counts that models write are wrong more often than not,
 * so each hunk is found by its lines: they must stand in the file exactly once, behind the hunk before.
 */
export function changesOfDiff(content: string, lines: readonly string[]): DiffChanges {
	const hunks: Hunk[] = [];
	for (const part of partsOf(content)) {
		const before = part.filter((line) => !line.startsWith("+")).map(withoutSign);
		const after = part.filter((line) => !line.startsWith("-")).map(withoutSign);
		const from = hunks.at(-1)?.end ?? 0;
		const places = before.length === 0 ? [] : placesOf(lines, before, from);
		const [start] = places;
		if (start === undefined || places.length > 1) {
			return {
				kind: "refused",
				sentence:
					start === undefined
						? "The diff does not fit the file as it is now; ask again."
						: "The diff fits several places of the file; ask for one with more lines around the change.",
			};
		}
		hunks.push({ start, end: start + before.length, lines: after });
	}
	return hunks.length === 0
		? { kind: "refused", sentence: "The diff has no changes of the file in it." }
		: { kind: "changes", hunks };
}

/** The lines of each hunk with their signs. */
function partsOf(content: string): string[][] {
	const parts: string[][] = [];
	let part: string[] = [];
	const finish = (): void => {
		if (part.some((line) => /^[+-]/.test(line))) {
			parts.push(part);
		}
		part = [];
	};
	const all = content.replaceAll("\r\n", "\n").split("\n");
	for (const [index, line] of all.entries()) {
		const isHead =
			/^(?:diff --git|index [\da-f]+|@@|\\ No newline)/.test(line) ||
			(line.startsWith("--- ") && (all[index + 1] ?? "").startsWith("+++ ")) ||
			(line.startsWith("+++ ") && (all[index - 1] ?? "").startsWith("--- "));
		if (isHead) {
			if (!line.startsWith("\\")) {
				finish();
			}
		} else if (line !== "" || index < all.length - 1) {
			part.push(line);
		}
	}
	finish();
	return parts;
}

function withoutSign(line: string): string {
	return /^[ +-]/.test(line) ? line.slice(1) : line;
}

function placesOf(lines: readonly string[], wanted: readonly string[], from: number): number[] {
	const places: number[] = [];
	for (let start = from; start + wanted.length <= lines.length && places.length < 2; start++) {
		if (wanted.every((line, index) => lines[start + index]?.trimEnd() === line.trimEnd())) {
			places.push(start);
		}
	}
	return places;
}
