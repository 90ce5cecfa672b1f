import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { cyclicTokens, type TokenSupply } from "../../src/cli/bench/engineScenarios.ts";
import { randomStream } from "../../src/evaluation/sampling.ts";
import type { ModelFolder } from "../../src/model/modelStore.ts";
import { createTokenizer } from "../../src/tokenizer/bpeTokenizer.ts";
import { tokenAt } from "../../src/tokenizer/tokenIds.ts";
import type { TokenId } from "../../src/tokenizer/tokenizer.ts";
import { sourcePrompts } from "../engines/sourcePrompts.ts";

/** What a graphics card is measured on. */
export interface BenchTokens {
	/** What passes are timed on, in a loop. */
	readonly code: readonly TokenId[];
	/** Whose logits are compared. */
	readonly prompts: readonly (readonly TokenId[])[];
}

/** Rows at the end of each prompt are compared, so that more of it would only take longer. */
const promptTokens = 96;
const randomCodeTokens = 5000;

const root = join(import.meta.dirname, "../..");

/** Of this repository's sources, and of what it has installed. */
export async function sourceTokens(model: ModelFolder, prompts: number): Promise<BenchTokens> {
	const tokenizer = createTokenizer(await readFile(model.tokenizerPath, "utf8"));
	const code = await readFile(join(root, "src/engine/localEngine.ts"), "utf8");
	const sources = await sourcePrompts(root, tokenizer, prompts);
	return {
		code: tokenizer.encode(code),
		prompts: sources.map((prompt) => prompt.slice(-promptTokens)),
	};
}

/** Of the whole vocabulary: for models of random weights, which mean nothing by any text. The same for the same numbers. */
export function randomTokens(vocabularySize: number, prompts: number): BenchTokens {
	const random = randomStream(1, "tokens");
	const tokens = (count: number): readonly TokenId[] =>
		Array.from({ length: count }, () => tokenAt(Math.floor(random() * vocabularySize)));
	return {
		code: tokens(randomCodeTokens),
		prompts: Array.from({ length: prompts }, () => tokens(promptTokens)),
	};
}

const tokensSchema = z.array(z.int().nonnegative().transform(tokenAt)).min(1);
const fileSchema = z.object({ code: tokensSchema, prompts: z.array(tokensSchema) });

/** What was written from {@link sourceTokens} where there are sources; the first prompts of it. */
export async function tokensOfFile(path: string, prompts: number): Promise<BenchTokens> {
	const { code, prompts: all } = fileSchema.parse(JSON.parse(await readFile(path, "utf8")));
	return { code, prompts: all.slice(0, prompts) };
}

/** `choice`: "sources", "random" or a file. */
export async function benchTokens(
	choice: string,
	model: ModelFolder,
	prompts: number,
): Promise<BenchTokens> {
	switch (choice) {
		case "sources":
			return await sourceTokens(model, prompts);
		case "random":
			return randomTokens(model.manifest.vocabularySize, prompts);
		default:
			return await tokensOfFile(choice, prompts);
	}
}

export const supplyOf = ({ code }: BenchTokens): TokenSupply => cyclicTokens(code);
