import type { IndexQueries, IndexedSymbol } from "../index/repositoryIndex.ts";
import type { LikelyName } from "../ranking/likelyNames.ts";
import type { PieceReason } from "../piece.ts";
import { isTypeSymbol } from "../sources/declaredTypes.ts";
import { identifiersIn, isTellingName } from "../sources/identifiers.ts";
import type { GatheredNames } from "../sources/gatherNames.ts";
import type { SimilarChunk } from "../sources/similarText.ts";
import type { Unit, UnitHeader } from "./unit.ts";

/** A longer signature is cut: its first lines say what it is called and what it takes. */
const maxSignatureLines = 8;
const maxSignatureLength = 480;
/** Lines of a unit of running text. */
const segmentLines = 5;
const maxLineLength = 240;

/** A unit for each of the likeliest definitions. */
export function signatureUnits(
	index: IndexQueries,
	likely: readonly LikelyName[],
	gathered: GatheredNames,
	limit: number,
): readonly Unit[] {
	const units: Unit[] = [];
	for (const { evidence } of likely) {
		if (units.length >= limit) {
			break;
		}
		const [first, second] = evidence.definitions;
		for (const symbol of [first, second]) {
			if (symbol !== undefined && (symbol === first || evidence.definitions.length <= 3)) {
				const unit = signatureUnit(index, symbol, reasonOf(symbol, evidence, gathered));
				if (unit !== undefined) {
					units.push(unit);
				}
			}
		}
	}
	return units;
}

function reasonOf(
	symbol: IndexedSymbol,
	evidence: LikelyName["evidence"],
	gathered: GatheredNames,
): PieceReason {
	if (evidence.receiverMember > 0 || evidence.nearbyMember > 0) {
		return "member";
	}
	switch (gathered.related.get(symbol.path)?.relation) {
		case "import":
			return "import";
		case "folder":
		case "importer":
		case "secondHop":
			return "neighbour";
		case "coChange":
			return "coChange";
		case undefined:
			return "definition";
	}
}

export function signatureUnit(
	index: IndexQueries,
	symbol: IndexedSymbol,
	reason: PieceReason,
): Unit | undefined {
	const signature = index.signatureOf(symbol);
	if (signature === undefined) {
		return undefined;
	}
	const lines = signature
		.slice(0, maxSignatureLength)
		.trimEnd()
		.split("\n")
		.slice(0, maxSignatureLines);
	const endLine = symbol.startLine + lines.length - 1;
	if (endLine < symbol.nameLine) {
		return undefined;
	}
	const header = headerOf(index, symbol);
	const text = dedent(lines)
		.map((line) => (header === undefined ? line : `\t${line}`))
		.join("\n");
	return {
		path: symbol.path,
		kind: "signature",
		reason,
		startLine: symbol.startLine,
		endLine,
		text,
		mentions: [...new Set(identifiersIn(text))],
		defines: [symbol.name],
		header,
		worth: 0,
	};
}

/** The declaration that a member belongs to, where its own text doesn't say it. */
function headerOf(index: IndexQueries, symbol: IndexedSymbol): UnitHeader | undefined {
	if (symbol.container === undefined) {
		return undefined;
	}
	const types = index
		.definitionsOf(symbol.container)
		.filter((other) => other.path === symbol.path && isTypeSymbol(other));
	// In Rust a type's methods stand in blocks of their own, which aren't definitions: the type names them.
	const type =
		types.find(
			({ startLine, endLine }) => startLine <= symbol.startLine && endLine >= symbol.endLine,
		) ?? (symbol.path.endsWith(".rs") ? types[0] : undefined);
	if (type === undefined) {
		return undefined;
	}
	const text = index.signatureOf(type)?.slice(0, maxSignatureLength).trim().split("\n")[0] ?? "";
	return text === "" ? undefined : { line: type.startLine, text };
}

/** Names whose definitions begin on the lines of each file, for the likeliest. */
export type DefinitionLines = ReadonlyMap<string, ReadonlyMap<number, string>>;

const maxPlacedNames = 2_000;

export function definitionLinesOf(likely: readonly LikelyName[]): DefinitionLines {
	const lines = new Map<string, Map<number, string>>();
	for (const { evidence } of likely.slice(0, maxPlacedNames)) {
		for (const { path, nameLine, name } of evidence.definitions.slice(0, 3)) {
			const ofFile = lines.get(path) ?? new Map<number, string>();
			lines.set(path, ofFile.set(nameLine, name));
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
		const lines = chunk.text.split("\n");
		const defined = definitionLines.get(chunk.path);
		for (let from = 0; from < lines.length; from += segmentLines) {
			const segment = lines
				.slice(from, from + segmentLines)
				.map((line) => line.slice(0, maxLineLength));
			const startLine = chunk.startLine + from;
			const endLine = startLine + segment.length - 1;
			const text = dedent(segment).join("\n");
			const mentions = [...new Set(identifiersIn(text).filter(isTellingName))];
			if (mentions.length > 0) {
				const defines: string[] = [];
				for (let line = startLine; defined !== undefined && line <= endLine; line++) {
					const name = defined.get(line);
					if (name !== undefined) {
						defines.push(name);
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
	}
	return units;
}

/** Takes away the indentation that all lines share. */
export function dedent(lines: readonly string[]): readonly string[] {
	const indents = lines
		.filter((line) => line.trim() !== "")
		.map((line) => line.length - line.trimStart().length);
	const least = Math.min(...indents, 200);
	return lines.map((line) => line.slice(least));
}
