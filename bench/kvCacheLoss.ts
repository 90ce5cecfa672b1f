/**
 * What a KV cache of int8 costs in quality on the native backend: how well a model foresees real code with
 * either format, over the same tokens. Prints bits a token and the share of tokens that were the likeliest.
 *
 *     node --experimental-transform-types bench/kvCacheLoss.ts --model folder [--prompts 200] [--threads 2]
 */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { assert } from "../src/base/assert.ts";
import type { Backend } from "../src/engine/backend.ts";
import { loadAddon } from "../src/engine/native/addon.ts";
import { openNativeBackend } from "../src/engine/native/nativeBackend.ts";
import type { KvCacheFormat } from "../src/model/manifest.ts";
import { openModel } from "../src/model/modelStore.ts";
import { createTokenizer } from "../src/tokenizer/bpeTokenizer.ts";
import type { TokenId } from "../src/tokenizer/tokenizer.ts";
import { sourcePrompts } from "./engines/sourcePrompts.ts";

const options = z
	.object({
		model: z.string(),
		prompts: z.coerce.number().int().positive(),
		threads: z.coerce.number().int().positive(),
	})
	.parse(
		parseArgs({
			options: {
				model: { type: "string", default: join(import.meta.dirname, "../models/mote-nano") },
				prompts: { type: "string", default: "200" },
				threads: { type: "string", default: "2" },
			},
		}).values,
	);

/** Rows of logits that are looked at together. */
const chunkTokens = 64;

const formats: readonly KvCacheFormat[] = ["float32", "int8"];

interface Foresight {
	readonly tokens: number;
	readonly bits: number;
	readonly hits: number;
}

const loaded = loadAddon();
assert(loaded.kind === "loaded", "npm run build has made the addon");
const { addon, instructions } = loaded;
const { manifest, tokenizerPath, nativeGraphPath: graphPath } = await openModel(options.model);
assert(graphPath !== undefined, "the model was imported with a graph for the addon");
const tokenizer = createTokenizer(await readFile(tokenizerPath, "utf8"));
const prompts = await sourcePrompts(join(import.meta.dirname, ".."), tokenizer, options.prompts);
for (const kvCache of formats) {
	const backend = await openNativeBackend({
		...{ addon, instructions, graphPath, manifest, kvCache },
		threads: options.threads,
	});
	let sum: Foresight = { tokens: 0, bits: 0, hits: 0 };
	for (const prompt of prompts) {
		const { tokens, bits, hits } = await foresight(backend, prompt);
		sum = { tokens: sum.tokens + tokens, bits: sum.bits + bits, hits: sum.hits + hits };
	}
	await backend.dispose();
	const report = {
		kvCache,
		tokens: sum.tokens,
		bitsPerToken: Number((sum.bits / sum.tokens).toFixed(5)),
		likeliestShare: Number((sum.hits / sum.tokens).toFixed(5)),
	};
	process.stdout.write(`${JSON.stringify(report)}\n`);
}

/** Over all tokens of `prompt` but the first. */
async function foresight(backend: Backend, prompt: readonly TokenId[]): Promise<Foresight> {
	const cache = backend.createKvCache(prompt.length);
	let bits = 0;
	let hits = 0;
	for (let start = 0; start < prompt.length; start += chunkTokens) {
		const chunk = prompt.slice(start, start + chunkTokens);
		const logits = await backend.forward(cache, chunk, chunk.length);
		for (let row = 0; row < chunk.length; row++) {
			const next = prompt[start + row + 1];
			const summary = logits.summary?.(row);
			if (next !== undefined && summary !== undefined) {
				bits += (summary.logSum - (logits.row(row)[next] ?? NaN)) / Math.LN2;
				hits += summary.best === next ? 1 : 0;
			}
		}
	}
	cache.dispose();
	return { tokens: prompt.length - 1, bits, hits };
}
