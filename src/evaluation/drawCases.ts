import type { SyntaxService } from "../context/syntax/syntaxService.ts";
import type { CorpusEntry, CorpusFile } from "./corpusFile.ts";
import { fimCaseIn, fimKinds, type FimCase } from "./fimCases.ts";
import type { SourceFile } from "./hole.ts";
import { randomStream } from "./sampling.ts";

export interface DrawOptions {
	readonly file: CorpusFile;
	/** From `sampleOrder`. */
	readonly order: ReadonlyMap<string, readonly CorpusEntry[]>;
	readonly seed: number;
	/** VS Code's language id of a path. */
	readonly languageIdOf: (path: string) => string;
}

/** Finds one in a file; undefined when it has no place for one. */
export type DrawIn<T> = (source: SourceFile, random: () => number) => Promise<T | undefined>;

/** Cases of every kind, `casesPerKind` of each while there are files. Deterministic. */
export async function drawCases(
	options: DrawOptions,
	casesPerKind: number,
	syntax: SyntaxService,
): Promise<readonly FimCase[]> {
	const cases: FimCase[] = [];
	for (const kind of fimKinds) {
		const drawIn: DrawIn<FimCase> = (source, random) => fimCaseIn(source, kind, random, syntax);
		cases.push(...(await drawEvenly(options, kind, casesPerKind, drawIn)));
	}
	return cases;
}

/**
 * `count` of what `drawIn` finds: as many of each language as there are of the others while it has files, at most one in a
 * file. `name` chooses the places, beside the seed. Deterministic.
 */
export async function drawEvenly<T>(
	options: DrawOptions,
	name: string,
	count: number,
	drawIn: DrawIn<T>,
): Promise<readonly T[]> {
	const all: T[] = [];
	const left = [...options.order.values()].map((entries) => entries[Symbol.iterator]());
	while (left.length > 0 && all.length < count) {
		for (const entries of [...left]) {
			const drawn = await nextDrawn(options, name, entries, drawIn);
			if (drawn === undefined) {
				left.splice(left.indexOf(entries), 1);
			} else if (all.length < count) {
				all.push(drawn);
			}
		}
	}
	return all;
}

/** One in the first of `entries` that has a place for it; undefined when none has. */
async function nextDrawn<T>(
	{ file, seed, languageIdOf }: DrawOptions,
	name: string,
	entries: Iterator<CorpusEntry>,
	drawIn: DrawIn<T>,
): Promise<T | undefined> {
	for (let next = entries.next(); next.done !== true; next = entries.next()) {
		const { package: packageName, language, path } = next.value;
		const source = {
			package: packageName,
			language,
			languageId: languageIdOf(path),
			path,
			text: await file.readText(next.value),
		};
		const drawn = await drawIn(source, randomStream(seed, `${name}\0${packageName}\0${path}`));
		if (drawn !== undefined) {
			return drawn;
		}
	}
	return undefined;
}
