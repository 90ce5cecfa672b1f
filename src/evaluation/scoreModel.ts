import type { Backend } from "../engine/backend.ts";
import type { ModelManifest } from "../model/manifest.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import type { SampledText } from "./sampledTexts.ts";
import { addScores, noScore, scoreWindows, type TextScore } from "./textScore.ts";
import { textWindows } from "./textWindows.ts";

export interface ScoredModel {
	readonly backend: Backend;
	readonly tokenizer: Tokenizer;
	readonly manifest: Pick<ModelManifest, "fim" | "trainedContextLength" | "contextLength">;
}

/** How a model does on the texts of each language. */
export async function scoreByLanguage(
	texts: ReadonlyMap<string, readonly SampledText[]>,
	{ backend, tokenizer, manifest }: ScoredModel,
	onProgress: (language: string) => void,
): Promise<ReadonlyMap<string, TextScore>> {
	const scores = new Map<string, TextScore>();
	for (const [language, files] of texts) {
		onProgress(language);
		const windows = files.flatMap((file) => textWindows(file, tokenizer, manifest));
		scores.set(language, await scoreWindows(windows, backend, tokenizer));
	}
	return scores;
}

/** The languages' scores and, as "all", their sum: every byte of the sample counts the same. */
export function withAll(scores: ReadonlyMap<string, TextScore>): ReadonlyMap<string, TextScore> {
	return new Map([["all", [...scores.values()].reduce(addScores, noScore)], ...scores]);
}
