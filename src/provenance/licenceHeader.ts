/** What the comment at the top of a file says about its licence. */
export interface LicenceHeader {
	/** An SPDX identifier where one is stated, else the usual name. */
	readonly licence: string;
	/** Who holds the copyright, as written; undefined where nobody is named. */
	readonly holder: string | undefined;
}

/** Headers stand within so many lines from the top. */
export const headerLines = 60;
const maxHeadLength = 8_000;
const maxNameLength = 80;

/** The first that fits: those that mention others stand in front of them. */
const licences: readonly (readonly [RegExp, string])[] = [
	[/GNU Affero General Public License|\bAGPL/i, "AGPL"],
	[/GNU (?:Lesser|Library) General Public License|\bLGPL/i, "LGPL"],
	[/GNU General Public License|\bGPL(?:v?\d|\b)/i, "GPL"],
	[/Mozilla Public License|\bMPL[- ]?\d/i, "MPL"],
	[/Eclipse Public License|\bEPL[- ]?\d/i, "EPL"],
	[/Common Development and Distribution License|\bCDDL\b/i, "CDDL"],
	[/Business Source License/i, "Business Source License"],
	[/Apache License|\bApache-2\.0/i, "Apache"],
	[/Boost Software License/i, "Boost"],
	[
		/Permission is hereby granted, free of charge|\bMIT[- ](?:style )?licen[cs]e|under (?:the )?MIT\b/i,
		"MIT",
	],
	[/Redistribution and use in source and binary forms|\bBSD\b[^.]{0,20}licen[cs]e/i, "BSD"],
	[/Permission to use, copy, modify,? and(?:\/or)? distribute|\bISC licen[cs]e/i, "ISC"],
	[/\bproprietary\b|All rights reserved/i, "all rights reserved"],
];

/**
 * What the comment at the top of a text says about its licence; undefined where there is none that says anything of it. A name in a
 * copyright line alone is no licence.
 */
export function licenceHeaderOf(text: string): LicenceHeader | undefined {
	const lines = leadingComment(text);
	const words = lines.join(" ").replaceAll(/\s+/g, " ");
	const [, identifier] =
		/SPDX-License-Identifier:\s*([\w.+()-]+(?: (?:AND|OR|WITH) [\w.+()-]+)*)/.exec(words) ?? [];
	const licence =
		identifier?.slice(0, maxNameLength) ?? licences.find(([pattern]) => pattern.test(words))?.[1];
	return licence === undefined ? undefined : { licence, holder: holderIn(lines) };
}

/** Whether two files say the same of their licence: then one may go into the other. */
export function sameLicence(a: LicenceHeader | undefined, b: LicenceHeader): boolean {
	return a?.licence === b.licence && a.holder === b.holder;
}

/** A line that begins like this is comment in one of the languages that there are, or the middle of a block of it. */
const commentMark =
	/^\s*(?:\/\/+!?|\/\*+!?|\*+\/?|#+!?|--+|;+|%+|<!--+|"""|'''|\(\*|\{-|REM\b|dnl\b)/;
const blockStart = /^\s*(?:\/\*|<!--|"""|'''|\(\*|\{-)/;
const blockEnd = /\*\/|-->|"""|'''|\*\)|-\}/;

/** The lines of the comments before the first line that isn't one, without marks. */
function leadingComment(text: string): readonly string[] {
	const words: string[] = [];
	let isInBlock = false;
	for (const line of text.slice(0, maxHeadLength).split(/\r?\n/, headerLines)) {
		const isBlank = line.trim() === "";
		const startsBlock: boolean = !isInBlock && blockStart.test(line);
		if (!isBlank && !isInBlock && !commentMark.test(line) && !isPreamble(line)) {
			break;
		}
		words.push(line.replace(commentMark, " "));
		if (startsBlock || isInBlock) {
			isInBlock = !blockEnd.test(startsBlock ? line.replace(blockStart, "") : line);
		}
	}
	return words;
}

/** What has to stand above a header. */
function isPreamble(line: string): boolean {
	return /^\s*(?:<\?|#!|["']use strict["'])/.test(line);
}

function holderIn(lines: readonly string[]): string | undefined {
	for (const line of lines) {
		const [, holder] =
			/copyright(?: \(c\)| ©)?[\s\d,–-]*(?:by )?(?<!\d)(\p{N}*\p{L}[^.;<(]{0,77})/iu.exec(line) ??
			[];
		if (holder !== undefined) {
			return holder.trim();
		}
	}
	return undefined;
}
