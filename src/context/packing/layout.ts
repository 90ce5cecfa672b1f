import { groupBy } from "../../base/groupBy.ts";
import type { ContextPiece, LineRange, PieceReason } from "../piece.ts";
import type { SelectedUnit } from "./selection.ts";
import type { Unit } from "./unit.ts";

/** Stands where running text of a file was left out. */
export const gapMark = "…";

/** One piece for each file: its units in the order of their lines, no line twice. */
export function layOut(
	selected: readonly SelectedUnit[],
	pieceTokens: (path: string, text: string) => number,
): readonly ContextPiece[] {
	return [...groupBy(selected, ({ unit }) => unit.path)].map(([path, entries]) => {
		const blocks = blocksOf(entries.map(({ unit }) => unit));
		const ranges: LineRange[] = [];
		const text: string[] = [];
		for (const block of blocks) {
			const last = ranges.at(-1);
			if (last !== undefined && block.startLine === last.endLine + 1) {
				ranges[ranges.length - 1] = { startLine: last.startLine, endLine: block.endLine };
			} else {
				if (last !== undefined && block.kind === "lines") {
					text.push(gapMark);
				}
				ranges.push({ startLine: block.startLine, endLine: block.endLine });
			}
			text.push(block.text);
		}
		const joined = text.join("\n");
		return {
			path,
			startLine: ranges[0]?.startLine ?? 0,
			endLine: ranges.at(-1)?.endLine ?? 0,
			ranges,
			text: joined,
			reason: mainReason(entries),
			score: entries.reduce((sum, { gain }) => sum + gain, 0),
			tokens: pieceTokens(path, joined),
		};
	});
}

interface Block extends LineRange {
	readonly kind: Unit["kind"];
	readonly text: string;
}

/** Units and their headers as blocks in the order of their lines, without overlap: the first shows a line. */
function blocksOf(units: readonly Unit[]): readonly Block[] {
	const all: Block[] = [];
	for (const unit of units) {
		all.push(unit);
		if (unit.header !== undefined) {
			const { line, text } = unit.header;
			all.push({ kind: "signature", startLine: line, endLine: line, text });
		}
	}
	all.sort((a, b) => a.startLine - b.startLine || b.endLine - a.endLine);
	const blocks: Block[] = [];
	let next = 0;
	for (const block of all) {
		if (block.endLine >= next) {
			const startLine = Math.max(block.startLine, next);
			const shown = startLine - block.startLine;
			blocks.push({
				kind: block.kind,
				startLine,
				endLine: block.endLine,
				text: shown === 0 ? block.text : block.text.split("\n").slice(shown).join("\n"),
			});
			next = block.endLine + 1;
		}
	}
	return blocks;
}

/** The reason that brought most. */
function mainReason(entries: readonly SelectedUnit[]): PieceReason {
	const gains = new Map<PieceReason, number>();
	for (const { unit, gain } of entries) {
		gains.set(unit.reason, (gains.get(unit.reason) ?? 0) + gain);
	}
	const [first] = [...gains].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
	return first?.[0] ?? "similarText";
}
