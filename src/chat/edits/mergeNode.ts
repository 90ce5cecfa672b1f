import type { Hunk } from "./hunks.ts";
import { indentationOf, reindent } from "./indentation.ts";
import { likeOf } from "./likeness.ts";
import { withCommaLike, withCommas } from "./listCommas.ts";
import type { Merging } from "./merging.ts";
import { outlineOf, type OutlineNode, type Source } from "./outline.ts";
import { keyText, pairsOf, plainTextOf } from "./outlineIndex.ts";

/** Undefined where no place is certain. */
export type Hunks = readonly Hunk[] | undefined;

/** The hunks that make the file's statement what the block has; undefined where that isn't certain. */
export function mergeNode(merging: Merging, node: OutlineNode, present: OutlineNode): Hunks {
	const { block, file } = merging;
	if (!holdsStandIn(block, node)) {
		return replaced(merging, node, present);
	}
	if (node.body === undefined || present.body === undefined) {
		return undefined;
	}
	const isInHead = block.kinds.slice(node.start, node.body.start).includes("standIn");
	if (isInHead) {
		return undefined;
	}
	const target = indentationOf(file.lines[present.start] ?? "");
	const whole = reindentFrom(merging, node.start, node.end, target);
	const head = whole.slice(0, node.body.start - node.start);
	const foot = withCommaLike(merging, present, whole.slice(node.body.end - node.start));
	const inner = mergeLevel(
		merging,
		outlineOf(block, node.body.start, node.body.end),
		outlineOf(file, present.body.start, present.body.end),
		{ body: node.body, present: present.body, indentation: target },
	);
	return inner === undefined
		? undefined
		: [
				...leadHunks(merging, node, present),
				...changed(file, present.start, present.body.start, head),
				...inner,
				...changed(file, present.body.end, present.end, foot),
			];
}

function holdsStandIn({ kinds }: Source, node: OutlineNode): boolean {
	return kinds.slice(node.lead, node.end).includes("standIn");
}

function changed(file: Source, start: number, end: number, lines: readonly string[]): Hunk[] {
	const isSame =
		lines.length === end - start && lines.every((line, at) => line === file.lines[start + at]);
	return isSame ? [] : [{ start, end, lines }];
}

/** Lines [start, end) of the block with the file's unit, the first of them indented as `target`. */
export function reindentFrom(
	{ block, indenting }: Merging,
	start: number,
	end: number,
	target: string,
): readonly string[] {
	return reindent(
		block.lines.slice(start, end),
		target,
		indenting,
		(at) => block.literals[start + at] === true,
	);
}

function replaced(merging: Merging, node: OutlineNode, present: OutlineNode): readonly Hunk[] {
	const { block, file } = merging;
	const target = indentationOf(file.lines[present.start] ?? "");
	const isSame = plainTextOf(block, node) === plainTextOf(file, present);
	return [
		...leadHunks(merging, node, present),
		...(isSame && isIndentedAlike(merging, node, present)
			? []
			: changed(
					file,
					present.start,
					present.end,
					withCommaLike(merging, present, reindentFrom(merging, node.start, node.end, target)),
				)),
	];
}

/** Whether all lines stand as deep as they do in the file, each in its own unit. */
function isIndentedAlike(merging: Merging, node: OutlineNode, present: OutlineNode): boolean {
	const { file } = merging;
	const target = indentationOf(file.lines[present.start] ?? "");
	const lines = reindentFrom(merging, node.start, node.end, target);
	const inLiteral = (at: number): boolean => file.scanned[present.start + at]?.isInside === true;
	return lines.every(
		(line, at) =>
			inLiteral(at) ||
			line.trim() === "" ||
			indentationOf(line) === indentationOf(file.lines[present.start + at] ?? ""),
	);
}

/** Comments and decorators above: those of the block, and of the file what the block has none of. */
function leadHunks(merging: Merging, node: OutlineNode, present: OutlineNode): readonly Hunk[] {
	const { block, file } = merging;
	if (node.lead === node.start) {
		return [];
	}
	const target = indentationOf(file.lines[present.start] ?? "");
	const lead = reindentFrom(merging, node.lead, node.start, target).filter(
		(line) => line.trim() !== "",
	);
	const kept = file.lines.slice(present.lead, present.start);
	const isDecorator = (line: string): boolean => /^\s*(?:@\w|#!?\[|\[)/.test(line);
	const firstOfBlock = lead.findIndex(isDecorator);
	const firstOfFile = kept.findIndex(isDecorator);
	const comments =
		firstOfBlock === 0 ? kept.slice(0, firstOfFile < 0 ? undefined : firstOfFile) : [];
	const decorators = firstOfBlock < 0 && firstOfFile >= 0 ? kept.slice(firstOfFile) : [];
	const isDoubtful = block.kinds.slice(node.lead, node.start).includes("standIn");
	return isDoubtful
		? []
		: changed(file, present.lead, present.start, [...comments, ...lead, ...decorators]);
}

interface Level {
	readonly body: { readonly start: number; readonly end: number };
	readonly present: { readonly start: number; readonly end: number };
	/** Of what the level stands in. */
	readonly indentation: string;
}

interface Anchor {
	readonly wanted: number;
	readonly present: number;
}

/** The statements of a body in which some are stood for: those stay, the others are placed between them. */
function mergeLevel(
	merging: Merging,
	wanted: readonly OutlineNode[],
	present: readonly OutlineNode[],
	level: Level,
): Hunks {
	const anchors = anchorsOf(merging, wanted, present);
	if (anchors === undefined) {
		return undefined;
	}
	const hunks: Hunk[] = [];
	const ends = { wanted: wanted.length, present: present.length };
	let before: Anchor = { wanted: -1, present: -1 };
	for (const anchor of [...anchors, ends]) {
		const between = mergeGap(
			merging,
			wanted.slice(before.wanted + 1, anchor.wanted),
			present.slice(before.present + 1, anchor.present),
			{
				start: present[before.present]?.end ?? level.present.start,
				end: present[anchor.present]?.lead ?? level.present.end,
				indentation: childIndentation(merging, present, level),
				textStart: wanted[before.wanted]?.end ?? level.body.start,
				isLast: anchor === ends,
			},
		);
		const node = wanted[anchor.wanted];
		const other = present[anchor.present];
		const own = node === undefined || other === undefined ? [] : mergeNode(merging, node, other);
		if (between === undefined || own === undefined) {
			return undefined;
		}
		hunks.push(...between, ...own);
		before = anchor;
	}
	return hunks;
}

function childIndentation(
	{ file, indenting }: Merging,
	present: readonly OutlineNode[],
	{ indentation }: Level,
): string {
	const [first] = present;
	return first === undefined
		? indentation + (indenting.fileUnit ?? indenting.fragmentUnit ?? "\t")
		: indentationOf(file.lines[first.start] ?? "");
}

/** Statements that both have, by name or else by their text, in the same order. */
function anchorsOf(
	{ block, file }: Merging,
	wanted: readonly OutlineNode[],
	present: readonly OutlineNode[],
): readonly Anchor[] | undefined {
	const heads = new Set(
		wanted.filter((node) => holdsStandIn(block, node)).map((node) => firstLineOf(block, node)),
	);
	// What stands around a comment that stands for code is told by its first line, all else by its text.
	const idOf = (source: Source, node: OutlineNode): string | undefined => {
		const head = firstLineOf(source, node);
		if (node.role === "standIn") {
			return undefined;
		}
		return node.key !== undefined
			? keyText(node.key)
			: node.body !== undefined && heads.has(head)
				? `head ${head}`
				: `text ${plainTextOf(source, node)}`;
	};
	const groups = new Map<string, OutlineNode[]>();
	for (const node of wanted) {
		const id = idOf(block, node);
		if (id !== undefined) {
			groups.set(id, [...(groups.get(id) ?? []), node]);
		}
	}
	const index = new Map(present.map((node, at) => [node, at]));
	const byId = new Map<string, OutlineNode[]>();
	for (const node of present) {
		const id = idOf(file, node);
		if (id !== undefined && groups.has(id)) {
			byId.set(id, [...(byId.get(id) ?? []), node]);
		}
	}
	const matched = new Map<OutlineNode, number>();
	for (const [id, nodes] of groups) {
		const pairs = pairsOf(block, nodes, file, byId.get(id) ?? []);
		if (pairs === "ambiguous" && nodes.some(({ key }) => key !== undefined)) {
			return undefined;
		}
		for (const [node, other] of pairs === "ambiguous" ? [] : pairs) {
			matched.set(node, index.get(other) ?? -1);
		}
	}
	const anchors = wanted.flatMap((node, at) => {
		const other = matched.get(node);
		return other === undefined ? [] : [{ wanted: at, present: other }];
	});
	const isOrdered = anchors.every(
		(anchor, at) => at === 0 || anchor.present > (anchors[at - 1]?.present ?? -1),
	);
	return isOrdered ? anchors : undefined;
}

function firstLineOf({ lines }: Source, { start }: OutlineNode): string {
	return (lines[start] ?? "").trim();
}

interface Gap {
	/** Lines of the file between the statements around it. */
	readonly start: number;
	readonly end: number;
	readonly indentation: string;
	/** Line of the block where it begins. */
	readonly textStart: number;
	/** Nothing but what ends the body follows. */
	readonly isLast: boolean;
}

function mergeGap(
	merging: Merging,
	wanted: readonly OutlineNode[],
	present: readonly OutlineNode[],
	gap: Gap,
): Hunks {
	const first = wanted.findIndex(({ role }) => role === "standIn");
	const last = wanted.findLastIndex(({ role }) => role === "standIn");
	if (first < 0) {
		return completeGap(merging, wanted, present, gap);
	}
	const rest = [...present];
	const hunks: Hunk[] = [];
	const takeLike = (node: OutlineNode): "new" | "placed" | "unclear" => {
		const like = likeOf(merging, node, rest);
		if (typeof like === "string") {
			return like;
		}
		rest.splice(0, rest.indexOf(like) + 1);
		hunks.push(...replaced(merging, node, like));
		return "placed";
	};
	const added: { readonly node: OutlineNode; readonly at: number; readonly isAfter: boolean }[] =
		[];
	for (const [at, node] of wanted.entries()) {
		if (node.role === "standIn") {
			continue;
		}
		const place = node.role === "comment" ? "new" : takeLike(node);
		const isBetween = at > first && at < last;
		if (place === "unclear" || (place === "new" && isBetween && node.key === undefined)) {
			return undefined;
		}
		if (place === "new") {
			const isAfter = at < first;
			const plainEnd = isBetween && node.body === undefined ? behindPlain(present, gap) : undefined;
			added.push({
				node,
				at: isAfter ? gap.start : (plainEnd ?? endOfText(merging.file, gap)),
				isAfter: isAfter || plainEnd !== undefined,
			});
		}
	}
	for (const { node, at, isAfter } of added) {
		const lines = reindentFrom(merging, node.lead, node.end, gap.indentation);
		const blank = hasBlankBefore(merging.block, node) || needsBlank(merging, node, present);
		const hasText = at > gap.start || gap.start > 0;
		const apartLines = blank && (isAfter ? hasText : present.length > 0) ? [""] : [];
		hunks.push(...withCommas(merging, { at, lines, isLast: gap.isLast, isAfter }, apartLines));
	}
	return hunks.toSorted((a, b) => a.start - b.start);
}

/** Behind the fields that stand above the first method; undefined where there is no method. */
function behindPlain(present: readonly OutlineNode[], gap: Gap): number | undefined {
	const first = present.findIndex(({ body }) => body !== undefined);
	return first < 0 ? undefined : (present[first - 1]?.end ?? gap.start);
}

/** Behind the last line of the gap that isn't blank. */
function endOfText({ lines }: Source, { start, end }: Gap): number {
	let at = end;
	while (at > start && (lines[at - 1] ?? "").trim() === "") {
		at--;
	}
	return at;
}

/** Nothing is left out here: the block's text takes the place of the file's, but for what has a name. */
function completeGap(
	merging: Merging,
	wanted: readonly OutlineNode[],
	present: readonly OutlineNode[],
	gap: Gap,
): Hunks {
	if (present.some(({ key, body }) => key !== undefined && body !== undefined)) {
		// A declaration that the block forgot.
		const lines = wanted.flatMap((node) => [
			"",
			...reindentFrom(merging, node.lead, node.end, gap.indentation),
		]);
		return wanted.length === 0 ? [] : [{ start: gap.start, end: gap.start, lines }];
	}
	const [first] = wanted;
	const last = wanted.at(-1);
	if (first === undefined && present.some(({ key }) => key !== undefined)) {
		return [];
	}
	const [firstPresent] = present;
	const lastPresent = present.at(-1);
	if (first === undefined || last === undefined) {
		return firstPresent === undefined || lastPresent === undefined
			? []
			: [{ start: firstPresent.lead, end: lastPresent.end, lines: [] }];
	}
	const lines = reindentFrom(merging, first.lead, last.end, gap.indentation);
	if (firstPresent === undefined || lastPresent === undefined) {
		const blank = hasBlankBefore(merging.block, first) && first.lead > gap.textStart;
		return [{ start: gap.start, end: gap.start, lines: blank ? ["", ...lines] : lines }];
	}
	return [{ start: firstPresent.lead, end: lastPresent.end, lines }];
}

function hasBlankBefore({ lines }: Source, { lead }: OutlineNode): boolean {
	return (lines[lead - 1] ?? "x").trim() === "";
}

/** Declarations with a body stand apart where others of the file do. */
function needsBlank(
	{ file }: Merging,
	node: OutlineNode,
	present: readonly OutlineNode[],
): boolean {
	return (
		node.body !== undefined &&
		present.length > 1 &&
		present.slice(1).every((other) => hasBlankBefore(file, other))
	);
}
