import { expect, test } from "vitest";
import { planDecoder } from "../../../src/importer/architectures/architectures.ts";
import { importKey, type ImportedWeights } from "../../../src/importer/importKey.ts";
import { tinyConfigs } from "../../support/randomDecoder.ts";

const weights: ImportedWeights = {
	plan: planDecoder(tinyConfigs.llama),
	quantization: "int4",
	identity: "model.safetensors 100",
	layoutVersion: 1,
};

test("an import goes on only with what would be written byte by byte", () => {
	const others: readonly Partial<ImportedWeights>[] = [
		{},
		{ plan: planDecoder(tinyConfigs.qwen2) },
		{ quantization: "fp32" },
		{ identity: "model.safetensors 101" },
		{ layoutVersion: 2 },
	];
	const keys = others.map((other) => importKey({ ...weights, ...other }));
	expect(new Set(keys).size).toBe(others.length);
	expect(importKey({ ...weights, plan: planDecoder(tinyConfigs.llama) })).toBe(keys[0]);
});
