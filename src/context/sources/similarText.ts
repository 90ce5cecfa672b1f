import type { TextHit } from "../index/repositoryIndex.ts";
import type { ChunkContent } from "./knownChunks.ts";
import type { RememberedRepository } from "./rememberedRepository.ts";
import type { NameTable } from "./nameTable.ts";
import type { CursorScope } from "./cursorScope.ts";
import { identifiersIn, isTellingName } from "./identifiers.ts";
import { languageFamily } from "./languageFamily.ts";

/** A chunk of a file with text like that around the cursor. */
export interface SimilarChunk extends TextHit {
	readonly content: ChunkContent;
	/** In [0, 1], relative to the best. */
	readonly weight: number;
}

/** Lines of the queries, as the best baselines have them: the text before the cursor and after it. */
const wideLinesBefore = 20;
const wideLinesAfter = 10;
const narrowLines = 3;
/** A line of identifiers is a few hundred units; minified text must not make a query of megabytes. */
const maxQueryLength = 6_000;

/** Searches for text like the lines before and after the cursor, and marks the names in it. */
export function markSimilarText(
	{ index, chunks }: RememberedRepository,
	scope: CursorScope,
	names: NameTable,
	limit: number,
): readonly SimilarChunk[] {
	const options = { excludePath: scope.path, languageIds: languageFamily(scope.languageId) };
	const search = (query: string, count: number): readonly SimilarChunk[] => {
		const hits = index.search(query, { ...options, limit: count });
		const best = hits[0]?.score ?? 1;
		return hits.flatMap((hit) => {
			const content = chunks.of(hit);
			return content === undefined ? [] : [{ ...hit, content, weight: hit.score / best }];
		});
	};
	const wide = search(
		`${scope.lastLines(wideLinesBefore).slice(-maxQueryLength)}\n${scope.nextLines(wideLinesAfter).slice(0, maxQueryLength)}`,
		limit,
	);
	const narrow = search(scope.lastLines(narrowLines).slice(-maxQueryLength), Math.min(limit, 40));
	const reader = new ChunkReader(scope, names);
	for (const [rank, chunk] of wide.entries()) {
		reader.read(chunk, "similarText", rank);
	}
	for (const [rank, chunk] of narrow.entries()) {
		reader.read(chunk, "similarLine", rank);
	}
	return mergeHits(wide, narrow);
}

function mergeHits(
	wide: readonly SimilarChunk[],
	narrow: readonly SimilarChunk[],
): readonly SimilarChunk[] {
	const merged = new Map<string, SimilarChunk>();
	for (const chunk of [...wide, ...narrow.map((hit) => ({ ...hit, weight: hit.weight * 0.7 }))]) {
		const key = `${chunk.startLine}:${chunk.path}`;
		const known = merged.get(key);
		if (known === undefined || known.weight < chunk.weight) {
			merged.set(key, chunk);
		}
	}
	return [...merged.values()];
}

/** Adds up what the lines of similar chunks say about names. */
class ChunkReader {
	readonly #names: NameTable;
	readonly #cursorLines: readonly ReadonlySet<string>[];
	readonly #afterReceiver: RegExp | undefined;

	constructor(scope: CursorScope, names: NameTable) {
		this.#names = names;
		this.#cursorLines = scope
			.lastLines(8)
			.split("\n")
			.map((line) => new Set(identifiersIn(line)))
			.filter((line) => line.size > 0)
			.slice(-2)
			.reverse();
		const receiver = scope.receiver?.name;
		this.#afterReceiver =
			receiver === undefined
				? undefined
				: new RegExp(
						String.raw`(?<![\w$])${receiver.replaceAll("$", String.raw`\$`)}(?:\([^()\n]{0,80}\))?[?!]?(?:\.|::|->)\s*([A-Za-z_$][\w$]*)`,
						"g",
					);
	}

	read(chunk: SimilarChunk, kind: "similarText" | "similarLine", rank: number): void {
		// Rank counts beside the score: scores of one search lie close together.
		const weight = chunk.weight / (1 + rank / 12);
		const { text, names, lines } = chunk.content;
		for (const name of names) {
			this.#names.of(name)[kind] += weight;
		}
		for (const [at, line] of lines.entries()) {
			this.#readFollowing(lines, at, this.#likeCursor(line));
		}
		if (this.#afterReceiver !== undefined) {
			for (const [, name = ""] of text.matchAll(this.#afterReceiver)) {
				if (isTellingName(name)) {
					this.#names.of(name).followsReceiver += kind === "similarLine" ? 1 : 0.5;
				}
			}
		}
	}

	/** How much a line is like one of the last two before the cursor. */
	#likeCursor(line: readonly string[]): number {
		let most = 0;
		for (const [distance, cursorLine] of this.#cursorLines.entries()) {
			let common = 0;
			for (const name of line) {
				common += cursorLine.has(name) ? 1 : 0;
			}
			const share = common / (cursorLine.size + 1);
			most = Math.max(most, share * (distance === 0 ? 1 : 0.6));
		}
		return most;
	}

	/** Names in a line like the cursor's and just below it. */
	#readFollowing(lines: readonly (readonly string[])[], at: number, likeness: number): void {
		if (likeness < 0.2) {
			return;
		}
		for (let below = 0; below <= 3; below++) {
			for (const name of lines[at + below] ?? []) {
				if (isTellingName(name)) {
					const entry = this.#names.of(name);
					entry.nextLine = Math.max(entry.nextLine, likeness / (1 + below * 0.5));
				}
			}
		}
	}
}
