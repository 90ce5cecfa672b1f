import { arch, availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { measureKvRanges } from "../../engine/ort/measureKvRanges.ts";
import { defaultThreads } from "../../engine/ort/sessionOptions.ts";
import { importCheckpoint } from "../../importer/importCheckpoint.ts";
import type { KvCacheOption } from "../../importer/importOptions.ts";
import { architectureNames } from "../../model/architecture.ts";
import { checkChatFormat } from "../../prompt/chatTemplate.ts";
import { numberOption, usageError, type Command } from "../command.ts";

const maxContext = 1_048_576;

export const importCommand: Command = {
	summary: "turns a checkpoint, a GGUF file or an ONNX export into a model folder",
	usage: `mote import <checkpoint> <out> [--fp32] [--kv float32|int8] [--context <tokens>]

Reads config.json, *.safetensors and tokenizer.json of a checkpoint and writes an ONNX model with int4 weights, its
tokenizer and its manifest into a new folder <out>. A chat template (chat_template.jinja, or in
tokenizer_config.json) goes into the manifest; the model can then be talked to as well.

The "model_type" of config.json has to be one of: ${architectureNames.join(", ")}.

<checkpoint> may also be a GGUF file, whatever it is called: a blob of Ollama, a file of LM Studio or llama.cpp, or
one part of a split one. Weights in Q4_0 stay exactly as they are; Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K, F16, BF16
and F32 are rounded to int4. Tokenizer, markers of fill-in-the-middle and chat template come from its metadata.

A folder with an ONNX export of a decoder, as Transformers.js, Optimum or onnxruntime-genai write it, is taken as it is, of any
"model_type": nothing is converted, and where the file system can link files nothing is copied. Of onnx/model*.onnx the
best for a CPU is taken: q4, then int8, then float32; give the path of a .onnx file to take that one. KV caches of 16-bit
floats (q4f16, fp16) are refused, and so is --kv int8.

  --fp32     keep the weights as they are (for checks; eight times as large), or take the export that has them so
  --kv       what the KV cache holds; float32 unless given. int8 takes a quarter of its memory, for long
             contexts; the import then runs the model over a few pages of code to measure its scales
  --context  positions that the model takes at most, if fewer than the checkpoint declares: a smaller file`,

	async run(args) {
		const { values, positionals } = parseArgs({
			args: [...args],
			allowPositionals: true,
			options: {
				fp32: { type: "boolean", default: false },
				kv: { type: "string", default: "float32" },
				context: { type: "string" },
			},
		});
		const [checkpoint, out] = positionals;
		if (checkpoint === undefined || out === undefined || positionals.length > 2) {
			throw usageError(
				"mote import takes a checkpoint (a folder, a GGUF file or a .onnx file) and a folder to write.",
			);
		}
		let shownPercent = -1;
		await importCheckpoint(checkpoint, out, {
			quantization: values.fp32 ? "fp32" : "int4",
			kvCache: kvCacheOption(values.kv),
			contextLength: Math.floor(
				numberOption("context", values.context, { min: 1, max: maxContext, fallback: maxContext }),
			),
			checkChat: checkChatFormat,
			onNotice: (sentence) => {
				process.stderr.write(`${sentence}\n`);
			},
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

function kvCacheOption(format: string): KvCacheOption {
	switch (format) {
		case "float32":
			return { kind: "float32" };
		case "int8":
			return {
				kind: "int8",
				measure: (model, sequences) =>
					measureKvRanges(model, sequences, defaultThreads(availableParallelism(), arch())),
			};
		default:
			throw usageError("mote import --kv takes float32 or int8.");
	}
}
