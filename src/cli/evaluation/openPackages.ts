import type { Learner } from "../../adaptation/learning.ts";
import { createContextEngine } from "../../context/contextEngine.ts";
import { openRepositoryIndex } from "../../context/index/openRepositoryIndex.ts";
import { tokenCounts } from "../../context/tokenCounts.ts";
import type { CorpusFile } from "../../evaluation/corpusFile.ts";
import { PackageContext } from "../../evaluation/packageContext.ts";
import type { Tokenizer } from "../../tokenizer/tokenizer.ts";
import { grammarFiles, queryFolder } from "../defaults.ts";

/** The packages of a corpus as the editor knows a repository: indexed, and learned by `learners`. */
export function openPackages(
	corpus: CorpusFile,
	tokenizer: Tokenizer,
	learners: readonly Learner[],
): PackageContext {
	return new PackageContext({
		corpus,
		tokenizer,
		learners,
		openIndex: (root) => openRepositoryIndex({ root, grammarFiles, queryFolder }),
		createCollector: (index) => {
			const context = createContextEngine({ index, ...tokenCounts(tokenizer) });
			return (query, signal) => context.collect(query, signal);
		},
	});
}
