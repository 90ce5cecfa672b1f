import { identifiersIn, isTellingName } from "../sources/identifiers.ts";
import type { ChunkContent } from "../sources/knownChunks.ts";
import type { NameEvidence } from "../sources/nameTable.ts";
import type { SimilarChunk } from "../sources/similarText.ts";
import { dedent } from "./lines.ts";
import type { Unit } from "./unit.ts";

/** Lines of a unit of running text. */
const segmentLines = 5;
const maxLineLength = 240;

/** Names whose definitions begin on the lines of each file, for the likeliest. */
export type DefinitionLines = ReadonlyMap<string, ReadonlyMap<number, string>>;

const maxPlacedNames = 2_000;

/** The definition lines in the files of `chunks`. */
export function definitionLinesOf(
	likely: readonly NameEvidence[],
	chunks: readonly SimilarChunk[],
): DefinitionLines {
	const lines = new Map(chunks.map(({ path }) => [path, new Map<number, string>()]));
	for (const evidence of likely.slice(0, maxPlacedNames)) {
		for (const { path, nameLine, name } of evidence.definitions.slice(0, 3)) {
			lines.get(path)?.set(nameLine, name);
		}
	}
	return lines;
}

/** Units of a few lines each from the chunks that are like the text around the cursor. */
export function textUnits(
	chunks: readonly SimilarChunk[],
	definitionLines: DefinitionLines,
): readonly Unit[] {
	const units: Unit[] = [];
	for (const chunk of chunks) {
		const defined = definitionLines.get(chunk.path);
		for (const { from, to, text, mentions } of segmentsOf(chunk.content)) {
			const startLine = chunk.startLine + from;
			const endLine = chunk.startLine + to;
			const defines: string[] = [];
			if (defined !== undefined && defined.size > 0) {
				for (let line = startLine; line <= endLine; line++) {
					const name = defined.get(line);
					if (name !== undefined) {
						defines.push(name);
					}
				}
			}
			units.push({
				path: chunk.path,
				kind: "lines",
				reason: "similarText",
				startLine,
				endLine,
				text,
				mentions,
				defines,
				header: undefined,
				worth: 0,
			});
		}
	}
	return units;
}

/** A few lines [from, to] of a chunk, counted from its first. */
interface Segment {
	readonly from: number;
	readonly to: number;
	readonly text: string;
	readonly mentions: readonly string[];
}

/** Remembered for as long as the chunk is. */
const remembered = new WeakMap<ChunkContent, readonly Segment[]>();

function segmentsOf(chunk: ChunkContent): readonly Segment[] {
	let segments = remembered.get(chunk);
	if (segments === undefined) {
		segments = segmentsIn(chunk.text);
		remembered.set(chunk, segments);
	}
	return segments;
}

function segmentsIn(chunkText: string): readonly Segment[] {
	const lines = chunkText.split("\n");
	const segments: Segment[] = [];
	for (let from = 0; from < lines.length; from += segmentLines) {
		const segment = lines
			.slice(from, from + segmentLines)
			.map((line) => line.slice(0, maxLineLength));
		const text = dedent(segment).join("\n");
		const mentions = [...new Set(identifiersIn(text).filter(isTellingName))];
		if (mentions.length > 0) {
			segments.push({ from, to: from + segment.length - 1, text, mentions });
		}
	}
	return segments;
}
