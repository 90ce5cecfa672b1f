/**
 * What importing a large checkpoint takes: writes one as wide as Qwen3-Coder-30B-A3B, with a few of its 48 layers and each
 * in a shard of its own, imports it, and prints the peak of this process's memory and the time. A layer takes 1.3 GB on the
 * disk, its int4 weights a quarter of that.
 *
 *     node --experimental-transform-types bench/importMemory.ts [--layers 2] [--folder place]
 */

import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { planDecoder } from "../src/importer/architectures/architectures.ts";
import { importCheckpoint } from "../src/importer/importCheckpoint.ts";
import { openModel } from "../src/model/modelStore.ts";
import { tinyNotes } from "../test/support/randomCheckpoint.ts";
import { tinyTokenizerJson } from "../test/support/tinyTokenizer.ts";
import { printReport } from "./printReport.ts";

const options = z
	.object({ layers: z.coerce.number().int().min(1).max(48), folder: z.string() })
	.parse(
		parseArgs({
			options: {
				layers: { type: "string", default: "2" },
				folder: { type: "string", default: tmpdir() },
			},
		}).values,
	);

const configPath = join(
	import.meta.dirname,
	"../test/support/publishedConfigs/qwen3-coder-30b-a3b.json",
);
const config: object = z.looseObject({}).parse(JSON.parse(await readFile(configPath, "utf8")));

type Tensor = readonly [name: string, shape: readonly number[]];

/** bfloat16 between 1/128 and 1/64 with either sign: what weights are like, as far as time and memory go. */
const pattern = Uint16Array.from({ length: 2 ** 20 }, (_, i) => {
	const mixed = Math.imul(i + 1, 0x9e3779b1) >>> 16;
	return ((mixed & 1) << 15) | 0x3c00 | (mixed & 0x7f);
});

/** Writes a safetensors file without having it in memory. */
async function writeShard(path: string, tensors: readonly Tensor[]): Promise<void> {
	const header: Record<string, unknown> = {};
	let offset = 0;
	for (const [name, shape] of tensors) {
		const bytes = 2 * shape.reduce((product, size) => product * size, 1);
		header[name] = { dtype: "BF16", shape, data_offsets: [offset, offset + bytes] };
		offset += bytes;
	}
	const text = Buffer.from(JSON.stringify(header));
	const prefix = Buffer.alloc(8);
	prefix.writeBigUInt64LE(BigInt(text.length));
	await using file = await open(path, "wx");
	await file.writeFile(Buffer.concat([prefix, text]));
	for (let written = 0; written < offset; written += pattern.byteLength) {
		await file.writeFile(
			new Uint8Array(pattern.buffer, 0, Math.min(pattern.byteLength, offset - written)),
		);
	}
}

async function writeCheckpoint(folder: string): Promise<void> {
	const plan = planDecoder({ ...config, num_hidden_layers: options.layers });
	const { hiddenSize, vocabularySize, layers } = plan;
	const vocabulary = [vocabularySize, hiddenSize];
	const shards: (readonly Tensor[])[] = [
		[
			[plan.embedding, vocabulary],
			["lm_head.weight", vocabulary],
			[plan.finalNorm, [hiddenSize]],
		],
		...layers.map(({ inputNorm, postAttentionNorm, attention, feedForward }): readonly Tensor[] => {
			if (attention.kind !== "grouped" || feedForward.kind !== "experts") {
				return [];
			}
			const { heads, kvHeads, headDim, weights, headNorms } = attention;
			const { experts, expertSize } = feedForward;
			return [
				[inputNorm, [hiddenSize]],
				[postAttentionNorm, [hiddenSize]],
				[weights.query, [heads * headDim, hiddenSize]],
				[weights.key, [kvHeads * headDim, hiddenSize]],
				[weights.value, [kvHeads * headDim, hiddenSize]],
				[weights.output, [hiddenSize, heads * headDim]],
				...Object.values(headNorms ?? {}).map((name): Tensor => [name, [headDim]]),
				[feedForward.router, [experts, hiddenSize]],
				...[...Array(experts).keys()].flatMap((expert): readonly Tensor[] => {
					const { gate, up, down } = feedForward.weights(expert);
					return [
						[gate, [expertSize, hiddenSize]],
						[up, [expertSize, hiddenSize]],
						[down, [hiddenSize, expertSize]],
					];
				}),
			];
		}),
	];
	const weightMap: Record<string, string> = {};
	for (const [i, tensors] of shards.entries()) {
		const name = `model-${i + 1}-of-${shards.length}.safetensors`;
		await writeShard(join(folder, name), tensors);
		tensors.forEach(([tensor]) => (weightMap[tensor] = name));
	}
	const files = {
		"model.safetensors.index.json": { weight_map: weightMap },
		"config.json": { ...config, num_hidden_layers: options.layers },
		"mote.json": tinyNotes,
	};
	for (const [name, content] of Object.entries(files)) {
		await writeFile(join(folder, name), JSON.stringify(content));
	}
	await writeFile(join(folder, "tokenizer.json"), tinyTokenizerJson());
}

const loadBefore = loadavg()[0];
const root = await mkdtemp(join(options.folder, "mote-import-memory-"));
try {
	await writeCheckpoint(root);
	const before = process.resourceUsage().maxRSS;
	const start = performance.now();
	await importCheckpoint(root, join(root, "model"), { quantization: "int4" });
	const seconds = (performance.now() - start) / 1000;
	const peak = process.resourceUsage().maxRSS;
	const { manifest } = await openModel(join(root, "model"), { verify: "sizes" });
	printReport(
		{
			layers: options.layers,
			weightsGb: manifest.files.weights.bytes / 1e9,
			seconds: Math.round(seconds),
			peakMemoryMbBeforeImport: Math.round(before / 1024),
			peakMemoryMb: Math.round(peak / 1024),
		},
		loadBefore,
	);
} finally {
	await rm(root, { recursive: true });
}
