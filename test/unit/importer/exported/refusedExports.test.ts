import { appendFile, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { importCheckpoint } from "../../../../src/importer/importCheckpoint.ts";
import { writeExportedDecoder, type ExportOptions } from "../../../support/exportedDecoder.ts";
import { message, text } from "../../../support/protobufBytes.ts";
import { tinyConfigs } from "../../../support/randomDecoder.ts";
import { TemporaryFolder } from "../../../support/temporaryFolder.ts";

let folder: TemporaryFolder;
beforeEach(() => {
	folder = new TemporaryFolder();
});
afterEach(() => {
	folder[Symbol.dispose]();
});
const config = { ...tinyConfigs.llama, num_hidden_layers: 1 };
const usual: ExportOptions = {
	path: "onnx/model.onnx",
	attention: "plain",
	weights: "external",
};
const at = (name: string): string => join(folder.path, "export", name);
const graph = at.bind(undefined, "onnx/model.onnx");
const data = at.bind(undefined, "onnx/model.onnx_data");

async function refusal(from = at("")): Promise<{ code: unknown; message: string }> {
	const imported = importCheckpoint(from, join(folder.path, "model"), { quantization: "int4" });
	const error: unknown = await imported.catch((caught: unknown) => caught);
	expect(folder.list().filter((name) => name.startsWith("model"))).toEqual([]);
	expect(error).toMatchObject({ name: "UserError" });
	const refused = error as { code: unknown; message: string };
	expect(refused.message).toMatch(/^[^\n]+; [^\n]+\.$/);
	expect(refused.message.length).toBeLessThan(1000);
	return refused;
}

/** A tensor whose weights lie in a file of that name. */
const externalTensor = (location: string): Buffer =>
	message(13, text(1, "location"), text(2, location));

/** What leads to it in a graph. */
const places: Readonly<Record<string, (tensor: Buffer) => Buffer>> = {
	"an initializer": (tensor) => message(7, message(5, tensor)),
	"a sparse initializer": (tensor) => message(7, message(15, message(1, tensor))),
	"the indices of a sparse one": (tensor) => message(7, message(15, message(2, tensor))),
	"an attribute": (tensor) => message(7, message(1, message(5, message(5, tensor)))),
	"a list of an attribute": (tensor) => message(7, message(1, message(5, message(10, tensor)))),
	"a sparse attribute": (tensor) =>
		message(7, message(1, message(5, message(22, message(1, tensor))))),
	"a list of sparse attributes": (tensor) =>
		message(7, message(1, message(5, message(23, message(2, tensor))))),
	"a branch": (tensor) => message(7, message(1, message(5, message(6, message(5, tensor))))),
	"a branch of several": (tensor) =>
		message(7, message(1, message(5, message(11, message(5, tensor))))),
	"a function": (tensor) => message(25, message(7, message(5, message(5, tensor)))),
};

type Case = readonly [change: () => Promise<unknown>, code: string, part: string];
const withOptions = (options: Partial<ExportOptions>) => (): Promise<unknown> =>
	writeExportedDecoder(at(""), config, [{ ...usual, ...options }]);
const withGenai = (decoder: Readonly<Record<string, unknown>>) => (): Promise<unknown> =>
	writeFile(at("genai_config.json"), JSON.stringify({ model: { context_length: 64, decoder } }));

const cases: Readonly<Record<string, Case>> = {
	"a KV cache of 16 bits": [
		withOptions({ cacheType: "float16" }),
		"checkpointUnsupported",
		"16-bit floats for",
	],
	"a KV cache with heads and batch in one dimension": [
		withOptions({ cacheShape: ["batch_heads", "past", 16] }),
		"checkpointUnsupported",
		'has 3 dimensions for "past_key_values.0.key"',
	],
	"a KV cache of a size beyond every bound": [
		withOptions({ cacheShape: ["batch", 2, "past", 1_000_000] }),
		"checkpointUnsupported",
		"has 1000000 elements a head",
	],
	"positions of images": [
		withOptions({ positionsShape: [3, "batch", "rows"] }),
		"checkpointUnsupported",
		'has 3 dimensions for "position_ids"',
	],
	"an input that nobody knows": [
		withOptions({ moreInputs: ["past_conv.0"] }),
		"checkpointUnsupported",
		'wants the input "past_conv.0"',
	],
	"a KV cache by other names": [
		withOptions({ pastName: (layer, part) => `memory.${layer}.${part}` }),
		"checkpointUnsupported",
		'wants the input "memory.0.key"',
	],
	"a KV cache that isn't returned": [
		withOptions({ presentName: (layer, part) => `memory.${layer}.${part}` }),
		"checkpointUnsupported",
		'has no "present.0.key"',
	],
	"weights in the folder above": [
		withOptions({ dataName: "../secret" }),
		"checkpointInvalid",
		'names the file "../secret", which doesn\'t lie beside it',
	],
	"weights at an absolute path": [
		withOptions({ dataName: "/etc/passwd" }),
		"checkpointInvalid",
		'"/etc/passwd"',
	],
	"weights in what another system takes for the folder above": [
		withOptions({ dataName: "..\\secret" }),
		"checkpointInvalid",
		"doesn't lie beside it",
	],
	"weights in what would be the manifest": [
		withOptions({ dataName: "mote-model.json" }),
		"checkpointInvalid",
		"mote-model.json",
	],
	"weights that are missing": [() => rm(data()), "checkpointInvalid", "is missing"],
	"weights that are cut off": [() => truncate(data(), 1000), "checkpointInvalid", "1000 bytes"],
	"a graph that is cut off": [() => truncate(graph(), 3000), "checkpointInvalid", "cut off"],
	"a text": [() => writeFile(graph(), "<html>".repeat(100)), "checkpointInvalid", "no ONNX model"],
	"an empty file": [() => writeFile(graph(), ""), "checkpointInvalid", "no ONNX model"],
	"branches that lie in one another without an end": [
		async () => {
			let inner: Buffer = Buffer.alloc(0);
			for (let depth = 0; depth < 100; depth++) {
				inner = message(1, message(5, message(6, inner)));
			}
			await writeFile(graph(), message(7, inner));
		},
		"checkpointInvalid",
		"too deeply",
	],
	"a shape of more dimensions than any": [
		async () => {
			const dims = message(2, Buffer.concat(Array.from({ length: 100 }, () => message(1))));
			await appendFile(graph(), message(7, message(11, message(2, message(1, dims)))));
		},
		"checkpointInvalid",
		"a shape in it has 100 dimensions",
	],
	"names that take more than the weights": [
		async () => {
			const tensor = message(5, text(8, "x".repeat(900)));
			await appendFile(graph(), message(7, Buffer.concat(new Array<Buffer>(40_000).fill(tensor))));
		},
		"checkpointInvalid",
		"its names take more than any model's",
	],
	"a genai_config.json with something wrong in every place": [
		withGenai({ inputs: Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`i${i}`, 1])) }),
		"checkpointInvalid",
		"inputs.i0",
	],
	"a size of weights that is no number": [
		() =>
			appendFile(graph(), message(7, message(5, message(13, text(1, "offset"), text(2, "-9"))))),
		"checkpointInvalid",
		'have the offset "-9"',
	],
	"weights in more files than a manifest takes": [
		async () => {
			for (let i = 0; i < 70; i++) {
				await appendFile(graph(), message(7, message(5, externalTensor(`w${i}`))));
			}
		},
		"checkpointUnsupported",
		"lie in 71 files",
	],
	"no config.json": [() => rm(at("config.json")), "checkpointInvalid", "how many positions"],
	"a config.json that is none": [
		() => writeFile(at("config.json"), "{"),
		"checkpointInvalid",
		"config.json is not JSON",
	],
	"no tokenizer": [() => rm(at("tokenizer.json")), "checkpointInvalid", "no tokenizer.json"],
	"a genai_config.json that names a graph elsewhere": [
		withGenai({ filename: "../model.onnx" }),
		"checkpointInvalid",
		'names the graph "../model.onnx"',
	],
	"a genai_config.json without its graph": [
		withGenai({ filename: "gone.onnx" }),
		"checkpointInvalid",
		"gone.onnx can't be used because it can't be read",
	],
	"a decoder in several graphs": [
		withGenai({ pipeline: [{}] }),
		"checkpointUnsupported",
		"as several graphs",
	],
	"a KV cache that slides": [
		withGenai({ sliding_window: { slide_key_value_cache: true } }),
		"checkpointUnsupported",
		"slides",
	],
};

describe("an exported model is refused with what to do, and leaves nothing behind:", () => {
	beforeEach(() => writeExportedDecoder(at(""), config, [usual]));

	test.each(Object.entries(cases))("%s", async (_, [change, code, part]) => {
		await change();
		const refused = await refusal();
		expect([refused.code, refused.message]).toEqual([code, expect.stringContaining(part)]);
	});

	test.each(Object.entries(places))("weights outside, named by %s", async (_, place) => {
		await appendFile(graph(), place(externalTensor("../secret")));
		expect((await refusal()).message).toContain('names the file "../secret"');
	});

	test("whatever byte of its graph is another", async () => {
		const bytes = await readFile(graph());
		for (let i = 0; i < bytes.length; i += 499) {
			const altered = Buffer.from(bytes);
			altered[i] = (altered[i] ?? 0) ^ (1 << (i % 8));
			await writeFile(graph(), altered);
			const out = join(folder.path, `out-${i}`);
			const error: unknown = await importCheckpoint(at(""), out, { quantization: "int4" }).catch(
				(caught: unknown) => caught,
			);
			// What an operator computes nobody can know before it runs; all else is a sentence.
			if (error !== undefined) {
				expect(error).toMatchObject({ name: "UserError" });
			}
		}
	});
});

test("an int8 KV cache can't be had of a graph that was exported without", async () => {
	await writeExportedDecoder(at(""), config, [usual]);
	const imported = importCheckpoint(at(""), join(folder.path, "model"), {
		quantization: "int4",
		kvCache: { kind: "int8", measure: () => Promise.resolve([]) },
	});
	await expect(imported).rejects.toMatchObject({ code: "checkpointUnsupported" });
});
