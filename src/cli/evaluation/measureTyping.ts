import { open } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../base/userError.ts";
import { languageIdOfPath } from "../../context/files/languageIds.ts";
import { LocalSyntax } from "../../context/syntax/localSyntax.ts";
import { defaultCompletionConfig } from "../../completion/defaultConfig.ts";
import { CorpusFile } from "../../evaluation/corpusFile.ts";
import { drawEvenly } from "../../evaluation/drawCases.ts";
import type { Hole } from "../../evaluation/hole.ts";
import { sampleOrder } from "../../evaluation/sampledTexts.ts";
import { stillClock } from "../../evaluation/stillClock.ts";
import { typeAll } from "../../evaluation/typing/typeAll.ts";
import { insidePlaceIn } from "../../evaluation/typing/insidePlaces.ts";
import { typingPlaceIn } from "../../evaluation/typing/typingPlaces.ts";
import {
	figuresByLanguage,
	ghostLines,
	typingConditions,
	type TypingCondition,
	type TypingReport,
	type TypingResult,
} from "../../evaluation/typing/typingReport.ts";
import { openLocalCore } from "../core.ts";
import { grammarFiles } from "../defaults.ts";
import { openPackages } from "./openPackages.ts";
import { progress } from "./progress.ts";

export interface TypingOptions {
	readonly dataFolder: string;
	readonly modelFolder: string;
	/** The corpus' names. */
	readonly languages: readonly string[];
	readonly conditions: readonly TypingCondition[];
	readonly placesPerLanguage: number;
	/** Pieces inside lines instead of whole lines. */
	readonly insideLines: boolean;
	/** Where every ghost is written to, one JSON a line. */
	readonly ghostsFile: string | undefined;
	readonly seed: number;
	readonly threads: number;
}

/** Types held-out code through the whole pipeline, under each condition with an engine that knows nothing of the others. */
export async function measureTyping(options: TypingOptions): Promise<TypingReport> {
	const { seed, ghostsFile } = options;
	await using corpus = await CorpusFile.open(join(options.dataFolder, "corpus", "validation.rec"));
	// Before minutes of work, not after them.
	await using ghosts = ghostsFile === undefined ? undefined : await open(ghostsFile, "w");
	const places = await drawPlaces(options, corpus);
	const typing: Partial<Record<TypingCondition, ReturnType<typeof figuresByLanguage>>> = {};
	let model = { name: "", quantization: "" };
	for (const condition of options.conditions) {
		const { results, manifest } = await typeUnder(condition, places, options, corpus);
		typing[condition] = figuresByLanguage(results);
		model = manifest;
		await ghosts?.write(ghostLines(condition, results));
	}
	return { model: model.name, quantization: model.quantization, seed, typing };
}

async function drawPlaces(
	{ languages, placesPerLanguage, insideLines, seed }: TypingOptions,
	file: CorpusFile,
): Promise<readonly Hole[]> {
	const all = sampleOrder(file, seed);
	const missing = languages.filter((language) => !all.has(language));
	if (missing.length > 0) {
		throw new UserError(
			"corpusInvalid",
			`The held-out files have none in ${missing.join(", ")}; --languages takes any of ${[...all.keys()].join(", ")}.`,
		);
	}
	const order = new Map([...all].filter(([language]) => languages.includes(language)));
	const syntax = new LocalSyntax(grammarFiles, { clock: stillClock });
	try {
		return await drawEvenly(
			{ file, order, seed, languageIdOf: languageIdOfPath },
			insideLines ? "typing inside lines" : "typing",
			placesPerLanguage * languages.length,
			(source, random) => (insideLines ? insidePlaceIn : typingPlaceIn)(source, random, syntax),
		);
	} finally {
		await syntax.dispose();
	}
}

async function typeUnder(
	condition: TypingCondition,
	places: readonly Hole[],
	{ modelFolder, threads }: TypingOptions,
	corpus: CorpusFile,
): Promise<{
	readonly results: readonly TypingResult[];
	readonly manifest: { readonly name: string; readonly quantization: string };
}> {
	const { repository, textBelow } = typingConditions[condition];
	await using core = await openLocalCore(
		{ modelFolder, threads, cacheFolder: undefined },
		stillClock,
	);
	progress(`${condition}: ${core.backendName ?? ""}`);
	const { tokenizer, engine, manifest } = core;
	await using packages = repository ? openPackages(corpus, tokenizer, [engine]) : undefined;
	const results = await typeAll(places, {
		packages,
		createProvider: () =>
			core.createProvider(packages === undefined ? {} : { collectContext: packages.collect }),
		config: defaultCompletionConfig,
		hasTextBelow: textBelow,
		onProgress: (done) => {
			if (done % 10 === 0 || done === places.length) {
				progress(`${condition}: ${done} of ${places.length} places`);
			}
		},
	});
	return { results, manifest };
}
