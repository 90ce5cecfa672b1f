import type { Hunk } from "./hunks.ts";
import { indentationOf } from "./indentation.ts";
import { mergeNode, reindentFrom } from "./mergeNode.ts";
import type { Merging } from "./merging.ts";
import { outlineOf, type OutlineNode } from "./outline.ts";
import {
	containersOf,
	keyText,
	membersByKey,
	pairsOf,
	plainTextOf,
	type Container,
	type Member,
} from "./outlineIndex.ts";

export type Placed =
	| { readonly kind: "placed"; readonly hunks: readonly Hunk[] }
	/** Not a matter of declarations, or of none that the file has. */
	| { readonly kind: "unknown" }
	| { readonly kind: "refused"; readonly sentence: string };

const ambiguous: Placed = {
	kind: "refused",
	sentence:
		"The code of the answer fits several places of the file; select the lines that it is for, and apply it again.",
};

const unclear: Placed = {
	kind: "refused",
	sentence:
		"It is not clear where the code of the answer belongs in the file; select the lines that it replaces, and apply it again.",
};

/**
 * Places each declaration of a block on its own: where the file has one of that name, instead of it; a new one
 * beside those that it stands with. What the block doesn't have stays.
 */
export function placeUnits(merging: Merging): Placed {
	const { block, file } = merging;
	const units = outlineOf(block, 0, block.lines.length);
	const named = units.filter(({ key }) => key !== undefined);
	if (named.length === 0) {
		return placeOnly(merging, units);
	}
	const containers = containersOf(file);
	const found = findMembers(merging, named, containers);
	if (found === "ambiguous") {
		return ambiguous;
	}
	if (found.size === 0) {
		return { kind: "unknown" };
	}
	const hunks: Hunk[] = [];
	let before: Member | undefined;
	let waiting: OutlineNode[] = [];
	for (const unit of units) {
		const member = found.get(unit) ?? knownStatement(merging, unit, containers, before);
		if (member === undefined) {
			if (unit.role === "code" && unit.key === undefined) {
				return named.length === found.size && found.size === 1 ? { kind: "unknown" } : unclear;
			}
			if (unit.role !== "standIn") {
				waiting.push(unit);
			}
			continue;
		}
		if (waiting.length > 0) {
			const added = addedHunk(merging, waiting, before, member, containers);
			if (added === undefined) {
				return unclear;
			}
			hunks.push(...added);
			waiting = [];
		}
		const own = mergeNode(merging, unit, member.node);
		if (
			own === undefined ||
			(found.has(unit) && losesMembers(merging, unit, member.node, named.length))
		) {
			return unclear;
		}
		hunks.push(...own);
		before = member;
	}
	if (waiting.length > 0) {
		const added = addedHunk(merging, waiting, before, undefined, containers);
		if (added === undefined) {
			return unclear;
		}
		hunks.push(...added);
	}
	return inOrder(hunks) ?? unclear;
}

/** All of the block is one thing without a name, such as the braces of a JSON file, of which the file has one. */
function placeOnly(merging: Merging, units: readonly OutlineNode[]): Placed {
	const { block, file } = merging;
	const code = units.filter(({ role }) => role === "code");
	const [only] = code;
	if (only?.body === undefined || code.length > 1 || !block.kinds.includes("standIn")) {
		return { kind: "unknown" };
	}
	const head = (block.lines[only.start] ?? "").trim();
	const same = outlineOf(file, 0, file.lines.length).filter(
		(node) => (file.lines[node.start] ?? "").trim() === head,
	);
	const [present] = same;
	const hunks =
		present === undefined || same.length > 1 ? undefined : mergeNode(merging, only, present);
	return hunks === undefined ? { kind: "unknown" } : (inOrder(hunks) ?? unclear);
}

function inOrder(hunks: readonly Hunk[]): Placed | undefined {
	// Sorting is stable: what is added at one place stays in the block's order.
	const sorted = hunks.toSorted((a, b) => a.start - b.start || a.end - b.end);
	const isApart = sorted.every((hunk, at) => at === 0 || hunk.start >= (sorted[at - 1]?.end ?? 0));
	return isApart ? { kind: "placed", hunks: sorted } : undefined;
}

/** The file's version of each named unit. */
function findMembers(
	merging: Merging,
	named: readonly OutlineNode[],
	containers: readonly Container[],
): ReadonlyMap<OutlineNode, Member> | "ambiguous" {
	const { block, file } = merging;
	const groups = new Map<string, OutlineNode[]>();
	for (const node of named) {
		const text = node.key === undefined ? "" : keyText(node.key);
		groups.set(text, [...(groups.get(text) ?? []), node]);
	}
	const open = membersByKey(containers.filter(({ holdsMembers }) => holdsMembers));
	const isOpen = [...groups.keys()].some((key) => !key.startsWith("import ") && open.has(key));
	const members = isOpen ? open : innerMembers(groups, containers, open);
	const score = new Map<Container, number>();
	for (const key of groups.keys()) {
		for (const container of new Set((members.get(key) ?? []).map((each) => each.container))) {
			score.set(container, (score.get(container) ?? 0) + 1);
		}
	}
	const found = new Map<OutlineNode, Member>();
	for (const [key, nodes] of groups) {
		const candidates = members.get(key) ?? [];
		const best = Math.max(0, ...candidates.map(({ container }) => score.get(container) ?? 0));
		const nearest = candidates.filter(({ container }) => score.get(container) === best);
		const homes = new Set(nearest.map(({ container }) => container));
		const pairs = pairsOf(
			block,
			nodes,
			file,
			nearest.map(({ node }) => node),
		);
		if (
			pairs === "ambiguous" ||
			(homes.size > 1 && pairs.size < nearest.length && !isExact(merging, pairs))
		) {
			return "ambiguous";
		}
		for (const [node, other] of pairs) {
			const member = nearest.find((candidate) => candidate.node === other);
			if (member !== undefined) {
				found.set(node, member);
			}
		}
	}
	return found;
}

function isExact({ block, file }: Merging, pairs: ReadonlyMap<OutlineNode, OutlineNode>): boolean {
	return [...pairs].every(
		([node, other]) =>
			(block.lines[node.start] ?? "").trim() === (file.lines[other.start] ?? "").trim(),
	);
}

/** Inside of a function only where all that the block names stands there together. */
function innerMembers(
	groups: ReadonlyMap<string, readonly OutlineNode[]>,
	containers: readonly Container[],
	open: ReadonlyMap<string, readonly Member[]>,
): ReadonlyMap<string, readonly Member[]> {
	const whole = containers.filter(({ nodes, holdsMembers }) => {
		const keys = new Set(nodes.flatMap(({ key }) => (key === undefined ? [] : [keyText(key)])));
		return !holdsMembers && [...groups.keys()].every((key) => keys.has(key));
	});
	return whole.length === 0 ? open : membersByKey(whole);
}

/** A statement without a name, or a comment, that the file has word for word in the same place. */
function knownStatement(
	{ block, file }: Merging,
	unit: OutlineNode,
	containers: readonly Container[],
	before: Member | undefined,
): Member | undefined {
	if (unit.key !== undefined || unit.role === "standIn") {
		return undefined;
	}
	const text = plainTextOf(block, unit);
	const container = before?.container ?? containers[0];
	const same = container?.nodes.filter((node) => plainTextOf(file, node) === text) ?? [];
	const [node] = same;
	return container === undefined || node === undefined || same.length > 1
		? undefined
		: { node, container };
}

/** New declarations behind the one before them, else in front of the one that follows. */
function addedHunk(
	merging: Merging,
	units: readonly OutlineNode[],
	before: Member | undefined,
	after: Member | undefined,
	containers: readonly Container[],
): readonly Hunk[] | undefined {
	const imports = units.filter(({ key }) => key?.kind === "import");
	const others = units.filter(({ key }) => key?.kind !== "import");
	const hunks: Hunk[] = [];
	if (imports.length > 0) {
		hunks.push(importHunk(merging, imports, containers));
	}
	if (others.every(({ role }) => role === "comment")) {
		return hunks;
	}
	const neighbour =
		before?.node.key?.kind === "import" && after !== undefined ? after : (before ?? after);
	if (neighbour === undefined || (neighbour === before && before.node.key?.kind === "import")) {
		return undefined;
	}
	const { file, block } = merging;
	const target = indentationOf(file.lines[neighbour.node.start] ?? "");
	const first = others[0];
	const last = others.at(-1);
	if (first === undefined || last === undefined) {
		return hunks;
	}
	const lines = others.flatMap((unit, at) => [
		...(at === 0 ? [] : blankLinesBefore(block.lines, unit.lead)),
		...reindentFrom(merging, unit.lead, unit.end, target),
	]);
	const isBehind = neighbour === before;
	const apart = isBehind
		? blankLinesBefore(block.lines, first.lead)
		: blankLinesBefore(block.lines, endOfBlank(block.lines, last.end));
	const needed =
		apart.length > 0 || last.body === undefined
			? apart
			: blankLinesAround(file.lines, neighbour.node);
	const place = isBehind ? neighbour.node.end : neighbour.node.lead;
	hunks.push({
		start: place,
		end: place,
		lines: isBehind ? [...needed, ...lines] : [...lines, ...needed],
	});
	return hunks;
}

function importHunk(
	{ file, block }: Merging,
	imports: readonly OutlineNode[],
	[root]: readonly Container[],
): Hunk {
	const nodes = root?.nodes ?? [];
	const last = nodes.findLast(({ key }) => key?.kind === "import");
	const lines = imports.flatMap(({ lead, end }) => block.lines.slice(lead, end));
	if (last !== undefined) {
		return { start: last.end, end: last.end, lines };
	}
	const isPrologue = (line: string): boolean =>
		/^\s*(?:#!|<\?php|package\b|["']use strict["']|["']use client["'])/.test(line);
	const prologue = file.lines.slice(0, 5).findLastIndex(isPrologue);
	return prologue < 0
		? { start: 0, end: 0, lines: [...lines, ""] }
		: { start: prologue + 1, end: prologue + 1, lines: ["", ...lines] };
}

function endOfBlank(lines: readonly string[], from: number): number {
	let at = from;
	while (at < lines.length && (lines[at] ?? "").trim() === "") {
		at++;
	}
	return at;
}

function blankLinesBefore(lines: readonly string[], line: number): string[] {
	let count = 0;
	while (count < line && count < 3 && (lines[line - 1 - count] ?? "x").trim() === "") {
		count++;
	}
	return Array.from({ length: count }, () => "");
}

function blankLinesAround(lines: readonly string[], { lead, end }: OutlineNode): string[] {
	const above = blankLinesBefore(lines, lead);
	const below = blankLinesBefore(lines, endOfBlank(lines, end));
	return above.length > 0 ? above : below.length > 0 && end < lines.length - 1 ? below : [""];
}

/**
 * A class of which the block has less than half is a part of it, and nothing says what became of the rest; where
 * the block has other declarations too, one that is missing is enough.
 */
function losesMembers(
	{ block, file }: Merging,
	unit: OutlineNode,
	present: OutlineNode,
	unitCount: number,
): boolean {
	if (unit.key?.holdsMembers !== true || unit.body === undefined || present.body === undefined) {
		return false;
	}
	const hasStandIn = block.kinds.slice(unit.start, unit.end).includes("standIn");
	const keysOf = (nodes: readonly OutlineNode[]): Set<string> =>
		new Set(nodes.flatMap(({ key }) => (key === undefined ? [] : [keyText(key)])));
	const kept = keysOf(outlineOf(block, unit.body.start, unit.body.end));
	const members = outlineOf(file, present.body.start, present.body.end);
	const all = [...keysOf(members)];
	const lost = all.filter((key) => !kept.has(key)).length;
	const withBody = keysOf(members.filter(({ body }) => body !== undefined));
	const isBodyLost = [...withBody].some((key) => !kept.has(key));
	return !hasStandIn && ((unitCount > 1 && isBodyLost) || (lost > 1 && lost > all.length - lost));
}
