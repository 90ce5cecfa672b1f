import { LiveText } from "../adaptation/liveText.ts";
import { Mixture } from "../adaptation/mixture.ts";
import { MixtureWeights } from "../adaptation/mixtureWeights.ts";
import { ngramsAlone } from "../adaptation/mixtureWeightings.ts";
import type { NgramCounts } from "../adaptation/ngramCounts.ts";
import { NgramIndex } from "../adaptation/ngramIndex.ts";
import type { TokenId, Tokenizer } from "../tokenizer/tokenizer.ts";
import type { CorpusEntry, CorpusFile } from "./corpusFile.ts";
import type { SampledText } from "./sampledTexts.ts";
import type { ScoredModel } from "./scoreModel.ts";
import { addScores, forEachRow, judge, noScore, scoreOf, type TextScore } from "./textScore.ts";
import { textWindows } from "./textWindows.ts";

/** The same tokens by three distributions. The n-grams' own top-1 isn't counted. */
export interface LearnedScore {
	readonly model: TextScore;
	readonly ngrams: TextScore;
	readonly mixed: TextScore;
}

/** Cold: only what came before in the same file. Warm: the other files of its package too. */
export interface LearnedScores {
	readonly cold: LearnedScore;
	readonly warm: LearnedScore;
}

const nothing: LearnedScore = { model: noScore, ngrams: noScore, mixed: noScore };

/** Trust is learned with every token, and a mixture made of it so often: what it costs a request, too. */
const mixtureTokens = 32;

/** More than the largest package has. */
const maxIndexBytes = 512 * 2 ** 20;

/**
 * Scores texts with what was learned of their file so far and of their package. The file itself is left out
 * of its package, so nothing that is scored was counted before its turn.
 */
export async function scoreLearned(
	texts: ReadonlyMap<string, readonly SampledText[]>,
	corpus: CorpusFile,
	model: ScoredModel,
	onProgress: (language: string) => void,
): Promise<ReadonlyMap<string, LearnedScores>> {
	const scores = new Map<string, LearnedScores>();
	const packages = new PackageCounts(corpus, model.tokenizer);
	for (const [language, files] of texts) {
		onProgress(language);
		let sum: LearnedScores = { cold: nothing, warm: nothing };
		for (const file of files) {
			const others = await packages.without(file);
			const { cold, warm } = await scoreFile(file, others, model);
			sum = { cold: add(sum.cold, cold), warm: add(sum.warm, warm) };
		}
		scores.set(language, sum);
	}
	return scores;
}

export function addLearned(a: LearnedScores, b: LearnedScores): LearnedScores {
	return { cold: add(a.cold, b.cold), warm: add(a.warm, b.warm) };
}

function add(a: LearnedScore, b: LearnedScore): LearnedScore {
	return {
		model: addScores(a.model, b.model),
		ngrams: addScores(a.ngrams, b.ngrams),
		mixed: addScores(a.mixed, b.mixed),
	};
}

async function scoreFile(
	file: SampledText,
	others: NgramCounts,
	{ backend, tokenizer, manifest }: ScoredModel,
): Promise<LearnedScores> {
	const live = new LiveText(tokenizer.vocabularySize);
	const before: TokenId[] = [];
	const cold = new Learning([{ kind: "file", counts: live }]);
	const warm = new Learning([
		{ kind: "file", counts: live },
		{ kind: "repository", counts: others },
	]);
	await forEachRow(textWindows(file, tokenizer, manifest), backend, (logits, target) => {
		const bytes = tokenizer.bytesOf(target).length;
		cold.score(logits, before, target, bytes);
		warm.score(logits, before, target, bytes);
		before.push(target);
		live.update(before, []);
	});
	return { cold: cold.sum, warm: warm.sum };
}

/** One set of sources, and the trust in them as it develops over a file. */
class Learning {
	sum: LearnedScore = nothing;
	readonly #sources: ConstructorParameters<typeof Mixture>[0]["sources"];
	readonly #weights = new MixtureWeights();
	#mixture: Mixture;
	#tokens = 0;

	constructor(sources: ConstructorParameters<typeof Mixture>[0]["sources"]) {
		this.#sources = sources;
		this.#mixture = this.#newMixture();
	}

	score(logits: Float32Array, before: readonly TokenId[], target: TokenId, bytes: number): void {
		const alone = scoreOf(judge(logits, target), bytes);
		const mixed = this.#mixture.mix(logits, before);
		let ngramBits = Math.log2(logits.length);
		let mixedScore = alone;
		if (mixed !== undefined) {
			const probabilities = mixed.probabilitiesByWeighting(target);
			ngramBits = -Math.log2(probabilities[ngramsAlone] ?? 0);
			const isMostLikely = mixed.best().id === target;
			mixedScore = scoreOf({ bits: -Math.log2(mixed.probabilityOf(target)), isMostLikely }, bytes);
			this.#weights.learn(probabilities);
		}
		const ngrams = scoreOf({ bits: ngramBits, isMostLikely: false }, bytes);
		this.sum = add(this.sum, { model: alone, ngrams, mixed: mixedScore });
		this.#tokens++;
		if (this.#tokens % mixtureTokens === 0) {
			this.#mixture = this.#newMixture();
		}
	}

	#newMixture(): Mixture {
		return new Mixture({ sources: this.#sources, weights: this.#weights, unmixed: [] });
	}
}

/** Counts of the packages of a corpus, one at a time. */
class PackageCounts {
	readonly #corpus: CorpusFile;
	readonly #tokenizer: Tokenizer;
	#name: string | undefined;
	#index: NgramIndex;

	constructor(corpus: CorpusFile, tokenizer: Tokenizer) {
		this.#corpus = corpus;
		this.#tokenizer = tokenizer;
		this.#index = this.#emptyIndex();
	}

	async without(file: SampledText): Promise<NgramCounts> {
		if (this.#name !== file.package) {
			this.#name = file.package;
			this.#index = this.#emptyIndex();
			for (const entry of entriesOf(this.#corpus, file.package)) {
				const text = await this.#corpus.readText(entry);
				this.#index.putFile(entry.path, this.#tokenizer.encode(text));
			}
			while (this.#index.work(1000));
		}
		return this.#index.without(file.path);
	}

	#emptyIndex(): NgramIndex {
		const { vocabularySize } = this.#tokenizer;
		return new NgramIndex({ vocabularySize, maxBytes: maxIndexBytes });
	}
}

/** The files of one package that hold text. */
export function entriesOf(corpus: CorpusFile, packageName: string): readonly CorpusEntry[] {
	return corpus.entries.filter((entry) => entry.package === packageName && entry.textBytes > 0);
}
