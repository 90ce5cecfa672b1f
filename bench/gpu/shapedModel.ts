/**
 * Makes a model folder in the shapes of a published model, with random weights and as few of its layers as one likes: what a pass
 * takes depends on shapes, and gigabytes of weights can't travel to every machine. int4, with all graphs, as an import makes it.
 *
 *     node --experimental-transform-types bench/gpu/shapedModel.ts --config test/support/publishedConfigs/qwen3-coder-30b-a3b.json
 *         --layers 4 --out folder [--vocabulary tokens] [--context 8192] [--seed 1]
 */

import { readFile } from "node:fs/promises";
import { parse } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { importSource } from "../../src/importer/importCheckpoint.ts";
import { shapedCheckpoint } from "./shapedCheckpoint.ts";

const options = z
	.object({
		config: z.string(),
		layers: z.coerce.number().int().positive(),
		out: z.string(),
		vocabulary: z.coerce.number().int().min(512).optional(),
		context: z.coerce.number().int().positive(),
		seed: z.coerce.number().int(),
	})
	.parse(
		parseArgs({
			options: {
				config: { type: "string" },
				layers: { type: "string" },
				out: { type: "string" },
				vocabulary: { type: "string" },
				// Rotary tables of 131,072 positions would take more than a layer.
				context: { type: "string", default: "8192" },
				seed: { type: "string", default: "1" },
			},
		}).values,
	);

const startMs = performance.now();
const config: unknown = JSON.parse(await readFile(options.config, "utf8"));
const checkpoint = shapedCheckpoint(config, { ...options, name: parse(options.config).name });
await importSource(checkpoint, options.out, {
	quantization: "int4",
	contextLength: options.context,
});
const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
process.stdout.write(`${checkpoint.defaultName}: ${options.out}, ${seconds} s\n`);
