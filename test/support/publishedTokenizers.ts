import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

const folder = join(import.meta.dirname, "..", "fixtures", "tokenizers");
const readJson = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), "utf8"));

const publishedSchema = z.object({
	ids: z.record(z.string(), z.array(z.int())),
	tokenizer: z.looseObject({ added_tokens: z.array(z.looseObject({ content: z.string() })) }),
});

/** Texts in many languages, by name: see `make_tokenizers.py` beside them. */
export const tokenizerTexts = z.record(z.string(), z.string()).parse(readJson("texts.json"));

export const publishedFamilies = ["qwen2_5", "deepseek_v3"] as const;

/** As much of a published tokenizer as the texts need, and the ids that Hugging Face's library has for them. */
export function publishedTokenizer(family: (typeof publishedFamilies)[number]): {
	readonly tokenizerJson: string;
	readonly ids: Readonly<Record<string, readonly number[]>>;
	readonly addedTokens: readonly string[];
} {
	const { ids, tokenizer } = publishedSchema.parse(readJson(`${family}.json`));
	return {
		tokenizerJson: JSON.stringify(tokenizer),
		ids,
		addedTokens: tokenizer.added_tokens.map(({ content }) => content),
	};
}
