import { parseArgs } from "node:util";
import { importCheckpoint } from "../../importer/importCheckpoint.ts";
import { usageError, type Command } from "../command.ts";

export const importCommand: Command = {
	summary: "turns a Hugging Face checkpoint into a model folder",
	usage: `mote import <checkpoint folder> <out> [--fp32]

Reads config.json, *.safetensors and tokenizer.json of a qwen3_moe checkpoint and writes an ONNX model with
int4 weights, its tokenizer and its manifest into a new folder <out>.

  --fp32   keep the weights as they are (for checks; eight times as large)`,

	async run(args) {
		const { values, positionals } = parseArgs({
			args: [...args],
			allowPositionals: true,
			options: { fp32: { type: "boolean", default: false } },
		});
		const [checkpoint, out] = positionals;
		if (checkpoint === undefined || out === undefined || positionals.length > 2) {
			throw usageError("mote import takes a checkpoint folder and a folder to write.");
		}
		let shownPercent = -1;
		await importCheckpoint(checkpoint, out, {
			quantization: values.fp32 ? "fp32" : "int4",
			onProgress: (fraction) => {
				const percent = Math.floor(fraction * 10) * 10;
				if (percent > shownPercent) {
					shownPercent = percent;
					process.stderr.write(`${percent} %\n`);
				}
			},
		});
		process.stdout.write(`${out}\n`);
		return 0;
	},
};
