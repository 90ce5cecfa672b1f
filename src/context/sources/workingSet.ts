import type { IndexQueries } from "../index/repositoryIndex.ts";
import { dedent } from "../packing/lines.ts";
import type { Unit } from "../packing/unit.ts";
import type { PieceReason } from "../piece.ts";
import type { ContextQuery } from "../source.ts";
import { identifiersIn, isTellingName } from "./identifiers.ts";

const maxEdits = 6;
const linesAround = 3;
const maxEditLines = 24;
const maxOpenFiles = 8;
const openFileLines = 20;

/**
 * What the latest edit is worth by itself, in expected names; earlier ones less. Not fitted: the runs that the
 * other weights come from have no edits. Low enough that a definition that is needed wins.
 */
const editWorth = 0.1;
const openFileWorth = 0.02;

/** Lines around recent edits in other files; with `usesOpenFiles` also the beginnings of open documents. */
export function workingSetUnits(
	index: IndexQueries,
	query: ContextQuery,
	usesOpenFiles: boolean,
): readonly Unit[] {
	const edits = query.recentEdits
		.filter(({ path }) => path !== query.path)
		.slice(0, maxEdits)
		.flatMap(({ path, startLine, endLine }, at) =>
			linesUnit(index, path, {
				startLine: startLine - linesAround,
				endLine: Math.min(endLine, startLine + maxEditLines) + linesAround,
				reason: "recentEdit",
				worth: editWorth / (1 + at / 2),
			}),
		);
	const open = usesOpenFiles
		? query.openFiles
				.filter((path) => path !== query.path)
				.slice(0, maxOpenFiles)
				.flatMap((path, at) =>
					linesUnit(index, path, {
						startLine: 0,
						endLine: openFileLines - 1,
						reason: "openFile",
						worth: openFileWorth / (1 + at),
					}),
				)
		: [];
	return [...edits, ...open];
}

function linesUnit(
	index: IndexQueries,
	path: string,
	lines: {
		readonly startLine: number;
		readonly endLine: number;
		readonly reason: PieceReason;
		readonly worth: number;
	},
): readonly Unit[] {
	const file = index.file(path);
	if (file === undefined) {
		return [];
	}
	const startLine = Math.max(0, Math.min(lines.startLine, file.lineCount - 1));
	const endLine = Math.max(startLine, Math.min(lines.endLine, file.lineCount - 1));
	const source = index.textOf(path, startLine, endLine);
	if (source === undefined || source.trim() === "") {
		return [];
	}
	const text = dedent(source.split("\n")).join("\n");
	return [
		{
			path,
			kind: "lines",
			reason: lines.reason,
			startLine,
			endLine,
			text,
			mentions: [...new Set(identifiersIn(text).filter(isTellingName))],
			defines: [],
			header: undefined,
			worth: lines.worth,
		},
	];
}
