import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "vitest";
import { FimPromptBuilder } from "../../src/prompt/fim.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { bundledModelFolders, type BundledModel } from "../../src/model/bundledModel.ts";
import { openModel } from "../../src/model/modelStore.ts";
import { createTokenizer } from "../../src/tokenizer/bpeTokenizer.ts";
import { answerOf } from "./engineRequests.ts";

/** Where a bundled model lies in this repository. */
export function bundledFolder(model: BundledModel): string {
	return path.join(import.meta.dirname, "../..", bundledModelFolders[model]);
}

const prefix = `export function add(a: number, b: number): number {
	return a + b;
}

export function subtract(a: number, b: number): number {
	return a - b;
}

export function multiply(a: number, b: number): number {
	return `;

/** Code of which any model that ships knows what the rest of the line looks like, and one that runs wrongly doesn't. */
export async function expectCompletion(engine: Engine, model: BundledModel): Promise<void> {
	const { manifest, tokenizerPath } = await openModel(bundledFolder(model), { verify: "sizes" });
	const tokenizer = createTokenizer(await readFile(tokenizerPath, "utf8"));
	const prompts = new FimPromptBuilder(tokenizer, manifest);
	const { tokens, healBytes } = prompts.build({
		path: "src/arithmetic.ts",
		text: `${prefix}\n}\n`,
		prefixEnd: prefix.length,
		suffixStart: prefix.length,
		maxTokens: 512,
	});
	const { stopTokens } = prompts;
	const answer = await answerOf(engine, {
		...{ prompt: tokens, stopTokens, healBytes, maxNewTokens: 12 },
	});
	const bytes = answer.tokens.map(({ id }) => tokenizer.bytesOf(id));
	const text = Buffer.concat(bytes).toString("utf8").slice(healBytes.length);
	expect(text).toMatch(/^a [-+*] b;/);
}
