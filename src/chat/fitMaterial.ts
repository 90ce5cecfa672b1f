import type { GatheredMaterial } from "./gatherMaterial.ts";
import {
	countLines,
	cutMaterial,
	materialSection,
	pieceMaterial,
	type Material,
} from "./material.ts";
import type { TokenCounter } from "./tokenCounter.ts";

export interface FittedSection {
	readonly label: string;
	readonly text: string;
	readonly tokens: number;
}

export interface FittedMaterial {
	readonly sections: readonly FittedSection[];
	/** What wasn't had, didn't fit, or was cut; in words. */
	readonly leftOut: readonly string[];
}

/** The blank line between two sections. */
const separatorTokens = 2;

/**
 * As much material as fits, in its order: one that doesn't fit is cut at a line. Related code comes last and
 * takes what is left, the most relevant first; a piece of it is taken whole or not at all, and isn't missed.
 */
export function fitMaterial(
	gathered: GatheredMaterial,
	tokens: number,
	counter: TokenCounter,
): FittedMaterial {
	const sections: FittedSection[] = [];
	const leftOut = [...gathered.leftOut];
	let left = tokens;
	const take = (section: FittedSection): void => {
		sections.push(section);
		left -= section.tokens;
	};
	for (const material of gathered.materials) {
		const whole = sectionOf(material, counter);
		if (whole.tokens <= left) {
			take(whole);
			continue;
		}
		const part = cutToFit(material, left, counter);
		if (part === undefined) {
			leftOut.push(material.label);
		} else {
			leftOut.push(`the end of ${material.label}`);
			take(part);
		}
	}
	const related: FittedSection[] = [];
	for (const piece of gathered.pieces.toReversed()) {
		const section = sectionOf(pieceMaterial(piece), counter);
		if (section.tokens <= left) {
			related.unshift(section);
			left -= section.tokens;
		}
	}
	// Related code stands first: what was asked for is nearer to the question.
	return { sections: [...related, ...sections], leftOut: [...new Set(leftOut)] };
}

function sectionOf(material: Material, counter: TokenCounter): FittedSection {
	const text = materialSection(material);
	return { label: material.label, text, tokens: counter.count(text) + separatorTokens };
}

/** The longest start of whole lines that was found to fit within `tokens`; undefined when not one line does. */
function cutToFit(
	material: Material,
	tokens: number,
	counter: TokenCounter,
): FittedSection | undefined {
	let lines = countLines(material.text) - 1;
	while (lines > 0) {
		const section = sectionOf(cutMaterial(material, lines), counter);
		if (section.tokens <= tokens) {
			return section;
		}
		// Lines are about equally long: this comes near in a few steps, each of which reads less.
		lines = Math.min(lines - 1, Math.floor((lines * Math.max(0, tokens) * 0.98) / section.tokens));
	}
	return undefined;
}

/** A text's start within `tokens`, cut at a line or else at a character; undefined when nothing of it fits. */
export function firstPart(text: string, tokens: number, counter: TokenCounter): string | undefined {
	let part = text;
	for (;;) {
		const count = counter.count(part);
		if (count <= tokens) {
			return part === "" && text !== "" ? undefined : part;
		}
		if (part === "") {
			return undefined;
		}
		const length = Math.min(
			part.length - 1,
			Math.floor((part.length * Math.max(0, tokens) * 0.98) / count),
		);
		const shorter = part.slice(0, length).replace(/[\ud800-\udbff]$/, "");
		const lineEnd = shorter.lastIndexOf("\n");
		part = lineEnd > shorter.length / 2 ? shorter.slice(0, lineEnd) : shorter;
	}
}
