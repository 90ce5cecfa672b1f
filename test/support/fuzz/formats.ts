import { configFormat } from "./configFormat.ts";
import type { FuzzFormat } from "./fuzzFormat.ts";
import { genaiFormat } from "./genaiFormat.ts";
import { ggufFormat } from "./ggufFormat.ts";
import { onnxFormat } from "./onnxFormat.ts";
import { safetensorsFormat } from "./safetensorsFormat.ts";
import { tokenizerFormat } from "./tokenizerFormat.ts";

export const formatNames = ["gguf", "safetensors", "onnx", "tokenizer", "config", "genai"] as const;
export type FormatName = (typeof formatNames)[number];

export const formats: Readonly<Record<FormatName, FuzzFormat>> = {
	gguf: ggufFormat,
	safetensors: safetensorsFormat,
	onnx: onnxFormat,
	tokenizer: tokenizerFormat,
	config: configFormat,
	genai: genaiFormat,
};
