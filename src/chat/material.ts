import type { ContextPiece } from "../context/piece.ts";
import { promptPath } from "../base/promptPath.ts";
import { fenced } from "./tasks/fence.ts";

/** Text of the workspace that goes into a question: foreign, so it stands in a fence that says whose it is. */
export interface Material {
	/** For people, in the token meter. */
	readonly label: string;
	/** The line over the fence, in our words; what comes from outside in it has one line and a bounded length. */
	readonly heading: string;
	/** Language of the fence. */
	readonly info: string;
	readonly text: string;
	/** It was longer than what could be read. */
	readonly isCut: boolean;
}

export function materialSection({ heading, info, text, isCut }: Material): string {
	const cut = isCut ? ", cut at its end" : "";
	return `${heading}${cut}:\n${fenced(text, info)}`;
}

/** The first `lines` lines of a material. */
export function cutMaterial(material: Material, lines: number): Material {
	const text = firstLines(material.text, lines);
	return { ...material, text, isCut: material.isCut || text.length < material.text.length };
}

export function pieceMaterial(piece: ContextPiece): Material {
	return {
		label: promptPath(piece.path),
		heading: `From the repository, for orientation, of lines ${lineSpan(piece)} of ${quotedName(piece.path)}`,
		info: "",
		text: piece.text,
		isCut: false,
	};
}

/** A path or a name as our own words quote it: foreign text that stays within one line and its quotes. */
export function quotedName(name: string): string {
	return `\`${promptPath(name).replaceAll("`", "'")}\``;
}

/** For people and models: counted from 1. */
export function lineSpan({ startLine, endLine }: { startLine: number; endLine: number }): string {
	return `${startLine + 1} to ${endLine + 1}`;
}

/** Text of the lines [startLine, endLine], clamped; ends with a line break unless the text's end is reached. */
export function linesOf(text: string, startLine: number, endLine: number): string {
	const start = lineOffset(text, startLine);
	return text.slice(start, Math.max(start, lineOffset(text, endLine + 1)));
}

export function firstLines(text: string, lines: number): string {
	return text.slice(0, lineOffset(text, lines));
}

/** Where a line begins; the text's length when there is no such line. */
export function lineOffset(text: string, line: number): number {
	let offset = 0;
	for (let at = 0; at < line; at++) {
		const lineBreak = text.indexOf("\n", offset);
		if (lineBreak < 0) {
			return text.length;
		}
		offset = lineBreak + 1;
	}
	return offset;
}

export function countLines(text: string): number {
	let lines = 1;
	for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
		lines++;
	}
	return text.endsWith("\n") ? lines - 1 : lines;
}
