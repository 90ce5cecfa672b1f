import type { CodeLanguage } from "./codeLanguage.ts";
import type { ScannedLine } from "./lineScan.ts";

/**
 * Which lines' indentation is part of a literal's value: not that of a comment, nor of a string that stands
 * alone as documentation, which people indent like the code around it.
 */
export function literalLines(
	lines: readonly string[],
	scanned: readonly ScannedLine[],
	language: CodeLanguage,
): readonly boolean[] {
	let isValue = false;
	return lines.map((line, at) => {
		if (scanned[at]?.isInside === true) {
			return isValue;
		}
		const plain = line.trim();
		isValue =
			!language.blockComments.some(([open]) => plain.startsWith(open)) &&
			!/^[rRuUbBfF]{0,2}(?:"""|''')/.test(plain);
		return false;
	});
}
