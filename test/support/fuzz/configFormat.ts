import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { readExportedConfig } from "../../../src/importer/exported/exportedConfig.ts";
import { readCheckpointPlan } from "../../../src/importer/readCheckpointPlan.ts";
import { rotaryFrequencies } from "../../../src/importer/rotaryTables.ts";
import { tinyConfigs } from "../randomDecoder.ts";
import { demand, type FuzzFormat, type Reading } from "./fuzzFormat.ts";
import { mutatedJson } from "./mutatedJson.ts";

const folder = join(import.meta.dirname, "../publishedConfigs");
const published = readdirSync(folder).map((name): unknown =>
	JSON.parse(readFileSync(join(folder, name), "utf8")),
);
const samples: readonly [unknown, ...unknown[]] = [
	tinyConfigs.llama,
	...Object.values(tinyConfigs),
	...published,
	{
		...tinyConfigs.llama,
		rope_scaling: {
			rope_type: "llama3",
			factor: 8,
			low_freq_factor: 1,
			high_freq_factor: 4,
			original_max_position_embeddings: 8192,
		},
	},
];

export const configFormat: FuzzFormat = {
	draw: (draw) => Buffer.from(mutatedJson(draw.pick(samples), draw)),
	read: async (bytes): Promise<Reading> => {
		const files = {
			path: "model",
			defaultName: "model",
			text: (): Promise<string> => Promise.resolve(bytes.toString()),
		};
		const { headDim, kvHeads, layers, rotary } = await readCheckpointPlan(files);
		demand(headDim >= 1 && headDim <= 1024 && kvHeads >= 1, "heads have a size");
		demand(layers.length >= 1 && layers.length <= 1000, "there are layers");
		for (const plan of rotary) {
			demand(rotaryFrequencies(plan).every(Number.isFinite), "positions turn by finite angles");
		}
		for (const { attention } of layers) {
			demand(rotary[attention.rotary] !== undefined, "each layer has a rotation");
			demand(attention.kind === "grouped" || attention.scale > 0, "products are scaled");
		}
		// Exports have such files of any type.
		await readExportedConfig(files);
		return "taken";
	},
};
