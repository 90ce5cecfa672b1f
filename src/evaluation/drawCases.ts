import type { SyntaxService } from "../context/syntax/syntaxService.ts";
import type { CorpusEntry, CorpusFile } from "./corpusFile.ts";
import { fimCaseIn, fimKinds, type FimCase, type FimKind } from "./fimCases.ts";
import { randomStream } from "./sampling.ts";

export interface DrawOptions {
	readonly file: CorpusFile;
	/** From `sampleOrder`. */
	readonly order: ReadonlyMap<string, readonly CorpusEntry[]>;
	readonly casesPerKind: number;
	readonly seed: number;
	readonly syntax: SyntaxService;
	/** VS Code's language id of a path. */
	readonly languageIdOf: (path: string) => string;
}

/**
 * Cases of every kind: as many of each language as there are of the others while it has files, at most one
 * of a kind in a file. Deterministic.
 */
export async function drawCases(options: DrawOptions): Promise<readonly FimCase[]> {
	const cases: FimCase[] = [];
	for (const kind of fimKinds) {
		cases.push(...(await drawKind(options, kind)));
	}
	return cases;
}

async function drawKind(options: DrawOptions, kind: FimKind): Promise<readonly FimCase[]> {
	const cases: FimCase[] = [];
	const left = [...options.order.values()].map((entries) => entries[Symbol.iterator]());
	while (left.length > 0 && cases.length < options.casesPerKind) {
		for (const entries of [...left]) {
			const drawn = await nextCase(options, kind, entries);
			if (drawn === undefined) {
				left.splice(left.indexOf(entries), 1);
			} else if (cases.length < options.casesPerKind) {
				cases.push(drawn);
			}
		}
	}
	return cases;
}

/** A case in the first of `entries` that has a place for one; undefined when none has. */
async function nextCase(
	{ file, seed, syntax, languageIdOf }: DrawOptions,
	kind: FimKind,
	entries: Iterator<CorpusEntry>,
): Promise<FimCase | undefined> {
	for (let next = entries.next(); next.done !== true; next = entries.next()) {
		const { package: packageName, language, path } = next.value;
		const source = {
			package: packageName,
			language,
			languageId: languageIdOf(path),
			path,
			text: await file.readText(next.value),
		};
		const random = randomStream(seed, `${kind}\0${packageName}\0${path}`);
		const drawn = await fimCaseIn(source, kind, random, syntax);
		if (drawn !== undefined) {
			return drawn;
		}
	}
	return undefined;
}
