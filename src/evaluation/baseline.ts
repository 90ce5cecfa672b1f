import { ByteModel } from "./byteModel.ts";
import type { CorpusFile } from "./corpusFile.ts";
import { sampleOrder, type SampledText } from "./sampledTexts.ts";
import { takeBytes } from "./sampling.ts";
import type { TextScore } from "./textScore.ts";

/** Seven to eight languages make about 60 MB, in which most three-byte contexts of source have been seen. */
const maxTrainingBytes = 8_000_000;

/**
 * Scores `texts` with one {@link ByteModel} for each language, which has learned from a seeded sample of
 * the training split: at most 8 MB of that language. A language without any gets none.
 */
export async function scoreBaseline(
	texts: ReadonlyMap<string, readonly SampledText[]>,
	training: CorpusFile,
	seed: number,
): Promise<ReadonlyMap<string, TextScore>> {
	const order = sampleOrder(training, seed);
	const scores = new Map<string, TextScore>();
	for (const [language, files] of texts) {
		const entries = takeBytes(order.get(language) ?? [], maxTrainingBytes);
		if (entries.length === 0) {
			continue;
		}
		const model = new ByteModel();
		for (const entry of entries) {
			model.learn(await training.readBytes(entry));
		}
		scores.set(language, scoreFiles(files, model));
	}
	return scores;
}

function scoreFiles(files: readonly SampledText[], model: ByteModel): TextScore {
	let bits = 0;
	let bytes = 0;
	for (const { text } of files) {
		const encoded = Buffer.from(text);
		bits += model.bits(encoded);
		bytes += encoded.length;
	}
	return { bits, bytes, tokens: bytes, right: 0 };
}
