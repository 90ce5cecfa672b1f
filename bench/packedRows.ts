/**
 * Scores rows that training/pack has packed, as the validation of a training run does, but with the model that ships:
 * bits per byte and the share of next tokens right, of plain text.
 *
 *     node --experimental-transform-types bench/packedRows.ts ROWS.u16 [--model <folder>] [--rows 64] [--threads 2]
 *
 * ROWS.u16 is one of `pack … --fim 0 --length <trained context>`: files of one package behind each other, each behind its
 * path. So a row may say more about its end than `mote eval` knows of a window, which holds one file.
 */
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { nullLogger } from "../src/base/log.ts";
import { systemClock } from "../src/base/clock.ts";
import { openBackend } from "../src/engine/openBackend.ts";
import { judge } from "../src/evaluation/textScore.ts";
import { openModel } from "../src/model/modelStore.ts";
import { createTokenizer } from "../src/tokenizer/bpeTokenizer.ts";
import { tokenAt } from "../src/tokenizer/tokenIds.ts";

/** Tokens of one pass: each has a row of logits of the whole vocabulary. */
const chunkTokens = 128;

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		model: { type: "string", default: join(import.meta.dirname, "../models/mote-base") },
		rows: { type: "string", default: "64" },
		threads: { type: "string", default: "2" },
	},
});
const [rowsFile] = positionals;
if (rowsFile === undefined) {
	throw new Error(
		"usage: node --experimental-transform-types bench/packedRows.ts ROWS.u16 [--model <folder>] [--rows <n>]",
	);
}
const model = await openModel(values.model);
const tokenizer = createTokenizer(await readFile(model.tokenizerPath, "utf8"));
const { backend, backendName } = await openBackend({
	...{ model, threads: Number(values.threads), clock: systemClock },
	...{ cacheFolder: undefined, logger: nullLogger },
});
const rowTokens = model.manifest.trainedContextLength + 1;
const bytes = readFileSync(rowsFile);
const rowCount = Math.min(Number(values.rows), Math.floor(bytes.length / 2 / rowTokens));
const cache = backend.createKvCache(rowTokens);
const sum = { bits: 0, bytes: 0, right: 0, tokens: 0 };
for (let row = 0; row < rowCount; row++) {
	const ids = Array.from({ length: rowTokens }, (_, i) =>
		tokenAt(bytes.readUInt16LE(2 * (row * rowTokens + i))),
	);
	cache.rewindTo(0);
	for (let start = 0; start < rowTokens - 1; start += chunkTokens) {
		const chunk = ids.slice(start, Math.min(start + chunkTokens, rowTokens - 1));
		const logits = await backend.forward(cache, chunk, chunk.length);
		for (let i = 0; i < chunk.length; i++) {
			const target = ids[start + i + 1];
			// Special tokens are neither scored nor bytes.
			const size = target === undefined ? 0 : tokenizer.bytesOf(target).length;
			if (target !== undefined && size > 0) {
				const judged = judge(logits.row(i), target);
				sum.bits += judged.bits;
				sum.bytes += size;
				sum.right += judged.isMostLikely ? 1 : 0;
				sum.tokens++;
			}
		}
	}
}
cache.dispose();
await backend.dispose();
console.log(
	JSON.stringify({
		model: model.manifest.name,
		quantization: model.manifest.quantization,
		backend: backendName,
		rows: rowCount,
		tokens: sum.tokens,
		bytes: sum.bytes,
		bitsPerByte: Number((sum.bits / sum.bytes).toFixed(4)),
		top1: Number((sum.right / sum.tokens).toFixed(4)),
	}),
);
