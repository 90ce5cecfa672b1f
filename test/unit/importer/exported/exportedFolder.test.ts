import { mkdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findExportedModel } from "../../../../src/importer/exported/exportedFolder.ts";
import { importCheckpoint } from "../../../../src/importer/importCheckpoint.ts";
import { openModel } from "../../../../src/model/modelStore.ts";
import { checkChatFormat } from "../../../../src/prompt/chatTemplate.ts";
import { testChat } from "../../../support/testModel.ts";
import { writeExportedDecoder, type ExportOptions } from "../../../support/exportedDecoder.ts";
import { tinyConfigs } from "../../../support/randomDecoder.ts";
import { TemporaryFolder } from "../../../support/temporaryFolder.ts";

let folder: TemporaryFolder;
beforeEach(() => {
	folder = new TemporaryFolder();
});
afterEach(() => {
	folder[Symbol.dispose]();
});
const at = (...names: readonly string[]): string => join(folder.path, ...names);
const config = { ...tinyConfigs.llama, num_hidden_layers: 1 };
const usual: ExportOptions = {
	path: "onnx/model_q4.onnx",
	attention: "plain",
	weights: "external int4",
};

describe("of several graphs in a folder the one that a CPU runs best is taken:", () => {
	const cases: readonly (readonly [readonly string[], string | undefined, string | undefined])[] = [
		[["model.onnx", "model_q4.onnx", "model_q4f16.onnx", "model_int8.onnx"], "_q4", ""],
		[["model.onnx", "model_int8.onnx", "model_quantized.onnx"], "_int8", ""],
		[["model_fp16.onnx", "model_quantized.onnx", "model_bnb4.onnx"], "_quantized", "_quantized"],
		[["model.onnx", "model_fp16.onnx"], "", ""],
		[["model_fp16.onnx", "model_q4f16.onnx"], "_q4f16", "_q4f16"],
		[["model_new.onnx", "model_fp16.onnx"], "_fp16", "_fp16"],
		[["decoder_model.onnx", "encoder_model.onnx"], undefined, undefined],
	];
	test.each(cases)("%j", async (names, best, unquantized) => {
		await mkdir(at("onnx"));
		for (const name of names) {
			await writeFile(at("onnx", name), "");
		}
		for (const [preference, suffix] of [
			["int4", best],
			["fp32", unquantized],
		] as const) {
			const found = await findExportedModel(folder.path, preference);
			const expected = suffix === undefined ? undefined : at("onnx", `model${suffix}.onnx`);
			expect(found?.graphPath).toBe(expected);
		}
	});

	test("a whole decoder rather than one merged of two, and either of one folder", async () => {
		folder.write("decoder_model_merged.onnx", "");
		expect((await findExportedModel(folder.path, "int4"))?.graphPath).toBe(
			at("decoder_model_merged.onnx"),
		);
		folder.write("onnx/model.onnx", "");
		expect((await findExportedModel(folder.path, "int4"))?.graphPath).toBe(
			at("onnx", "model.onnx"),
		);
	});

	test("none where the checkpoint lies there itself", async () => {
		folder.write("onnx/model_q4.onnx", "");
		folder.write("model.safetensors", "");
		expect(await findExportedModel(folder.path, "int4")).toBeUndefined();
	});

	test("the one that somebody names", async () => {
		folder.write("onnx/model_q4.onnx", "");
		folder.write("onnx/model_int8.onnx", "");
		folder.write("model.safetensors", "");
		const found = await findExportedModel(at("onnx", "model_int8.onnx"), "int4");
		expect([found?.graphPath, found?.files.path]).toEqual([
			at("onnx", "model_int8.onnx"),
			folder.path,
		]);
	});
});

test("an import takes no room: its files are those of the folder by another name", async () => {
	await writeExportedDecoder(at("export"), config, [usual]);
	const progress: number[] = [];
	await importCheckpoint(at("export"), at("model"), {
		quantization: "int4",
		onProgress: (fraction) => progress.push(fraction),
	});
	const { manifest } = await openModel(at("model"));
	expect(manifest.files.weights.name).toBe("model_q4.onnx_data");
	for (const name of ["model_q4.onnx", "model_q4.onnx_data"]) {
		const [from, to] = await Promise.all([stat(at("export/onnx", name)), stat(at("model", name))]);
		expect(to.ino).toBe(from.ino);
	}
	expect(progress.at(-1)).toBe(1);
});

test("a folder of links, as the hub's cache is, gives a folder of files", async () => {
	await writeExportedDecoder(at("export"), config, [usual]);
	for (const name of ["model_q4.onnx", "model_q4.onnx_data"]) {
		await rename(at("export/onnx", name), at(`blob-${name.length}`));
		await symlink(at(`blob-${name.length}`), at("export/onnx", name));
	}
	await importCheckpoint(at("export"), at("model"), { quantization: "int4" });
	await openModel(at("model"));
	expect(await readFile(at("model/model_q4.onnx"))).toEqual(await readFile(at("blob-13")));
});

test("a model that holds its weights in its graph has no other file for them", async () => {
	await writeExportedDecoder(at("export"), config, [{ ...usual, weights: "inline" }]);
	await importCheckpoint(at("export"), at("model"), { quantization: "int4" });
	const { files } = (await openModel(at("model"))).manifest;
	expect([files.weights, files.moreWeights]).toEqual([files.graph, undefined]);
});

test("chat template and end of answers come from the files beside the graph", async () => {
	await writeExportedDecoder(at("export"), config, [usual]);
	await writeFile(at("export/chat_template.jinja"), testChat.template);
	await writeFile(at("export/generation_config.json"), JSON.stringify({ eos_token_id: [6] }));
	await importCheckpoint(at("export"), at("model"), {
		quantization: "int4",
		checkChat: checkChatFormat,
	});
	const { chat } = (await openModel(at("model"))).manifest;
	expect([chat?.template, chat?.stopTokens]).toEqual([testChat.template, ["<|pad|>"]]);
});

test("without notes of ours the markers of the family are known, and the name is that of the folder", async () => {
	await writeExportedDecoder(at("export"), config, [usual]);
	await rm(at("export/mote.json"));
	await importCheckpoint(at("export"), at("model"), { quantization: "int4" });
	const { name, fim, license } = (await openModel(at("model"))).manifest;
	expect([name, license, fim]).toEqual([
		"export",
		"unknown",
		{
			order: "psm",
			prefix: "<|fim_prefix|>",
			suffix: "<|fim_suffix|>",
			middle: "<|fim_middle|>",
		},
	]);
});

test("an import that is stopped leaves nothing", async () => {
	await writeExportedDecoder(at("export"), config, [usual]);
	const stop = new AbortController();
	const imported = importCheckpoint(at("export"), at("model"), {
		quantization: "int4",
		onProgress: () => {
			stop.abort(new Error("stopped"));
		},
		signal: stop.signal,
	});
	await expect(imported).rejects.toThrow("stopped");
	expect(folder.list()).toEqual(["export"]);
});
