import { UserError } from "../../base/userError.ts";
import type { ModelManifest } from "../../model/manifest.ts";
import type { TokenId, Tokenizer } from "../../tokenizer/tokenizer.ts";
import { LanguageModelError } from "../errors.ts";
import type { ModelDescription } from "../languageModel.ts";

export function localDescription(manifest: ModelManifest): ModelDescription {
	return {
		id: `local/${manifest.name}`,
		name: manifest.name,
		place: "local",
		server: undefined,
		contextTokens: manifest.trainedContextLength,
	};
}

/** The special tokens of these names, each once. Throws a UserError when the tokenizer lacks one. */
export function tokensNamed(
	tokenizer: Tokenizer,
	manifest: ModelManifest,
	names: readonly string[],
): readonly TokenId[] {
	return [...new Set(names)].map((name) => {
		const token = tokenizer.specialToken(name);
		if (token === undefined) {
			throw new UserError(
				"modelUnusable",
				`The tokenizer of the model ${manifest.name} has no token ${name}; import the model again.`,
			);
		}
		return token;
	});
}

/** Another answer each time, where the temperature leaves a choice. */
export function randomSeed(): number {
	return Math.floor(Math.random() * 2 ** 31);
}

/** A fault of the manifest in the words of language models; bugs stay what they are. */
export function asUnsuitable(error: unknown): unknown {
	return error instanceof UserError && !(error instanceof LanguageModelError)
		? new LanguageModelError("unsuitableModel", error.message, { cause: error })
		: error;
}
