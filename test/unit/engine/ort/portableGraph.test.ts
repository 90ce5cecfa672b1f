import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openOrtBackend } from "../../../../src/engine/ort/ortBackend.ts";
import { bitsPerByte, scoreWindows } from "../../../../src/evaluation/textScore.ts";
import { bundledModelFolders } from "../../../../src/model/bundledModel.ts";
import { openModel } from "../../../../src/model/modelStore.ts";
import { createTokenizer } from "../../../../src/tokenizer/bpeTokenizer.ts";

const repository = join(import.meta.dirname, "../../../..");

/** Of each text; the larger model takes four times as long. */
const scoredTokens = { base: 256, nano: 1024 } as const;

test.each(["base", "nano"] as const)(
	"mote-%s is as good with portable experts as with QMoE",
	async (name) => {
		const model = await openModel(join(repository, bundledModelFolders[name]));
		const tokenizer = createTokenizer(await readFile(model.tokenizerPath, "utf8"));
		// In no training set: this repository.
		const texts = await Promise.all(
			["src/importer/q4.ts", "training/train/model.py", "ARCHITECTURE.md"].map((file) =>
				readFile(join(repository, file), "utf8"),
			),
		);
		const windows = texts.map((text) => ({
			heading: [],
			tokens: tokenizer.encode(text).slice(0, scoredTokens[name]),
		}));
		const bitsWith = async (graphPath: string | undefined): Promise<number> => {
			const backend = await openOrtBackend({
				graphPath: graphPath ?? "",
				manifest: model.manifest,
				threads: 1,
			});
			const bits = bitsPerByte(await scoreWindows(windows, backend, tokenizer));
			await backend.dispose();
			return bits;
		};
		const fused = await bitsWith(model.graphPath);
		const portable = await bitsWith(model.portableGraphPath);
		expect(fused).toBeLessThan(4);
		// The activations of the experts are rounded to 8 bits in the one and not in the other: 0.02 % on mote-base.
		expect(Math.abs(portable / fused - 1)).toBeLessThan(0.005);
		// Otherwise it would be one graph that was compared with itself.
		expect(portable).not.toBe(fused);
	},
);
