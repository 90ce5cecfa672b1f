import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { NativeSession, NativeSessionOptions } from "../../../../src/engine/native/addon.ts";
import {
	ModelProtoSchema,
	type ModelProto,
	type NodeProto,
	type TensorProto,
} from "../../../../src/importer/onnx/onnx_pb.ts";
import { builtAddon, sessionOptions } from "../../../support/addonBackend.ts";
import { importTinyModel, type TinyModel } from "../../../support/tinyModel.ts";

let model: TinyModel;
let options: NativeSessionOptions;

beforeAll(async () => {
	model = await importTinyModel("int4");
	const { instructions } = builtAddon();
	options = await sessionOptions(model.folder, { threads: 2, instructions });
});
afterAll(async () => {
	await model.remove();
});

type Graph = NonNullable<ModelProto["graph"]>;

/** Opens the model's graph after `change`. */
async function openChanged(change: (graph: Graph) => void): Promise<NativeSession> {
	const proto = fromBinary(ModelProtoSchema, readFileSync(options.graphPath));
	const { graph } = proto;
	if (graph === undefined) {
		throw new Error("the model has no graph");
	}
	change(graph);
	const graphPath = join(dirname(options.graphPath), "changed.onnx");
	writeFileSync(graphPath, toBinary(ModelProtoSchema, proto));
	return await builtAddon().addon.openSession({ ...options, graphPath });
}

/** The first node with that operator. */
function nodeOf(graph: Graph, operator: string): NodeProto {
	const node = graph.node.find(({ opType }) => opType === operator);
	if (node === undefined) {
		throw new Error(`the graph has no ${operator}`);
	}
	return node;
}

function constantOf(graph: Graph, name: string): TensorProto {
	const constant = graph.initializer.find((tensor) => tensor.name === name);
	if (constant === undefined) {
		throw new Error(`the graph has no ${name}`);
	}
	return constant;
}

const setInteger =
	(operator: string, name: string, value: bigint) =>
	(graph: Graph): void => {
		for (const attribute of nodeOf(graph, operator).attribute) {
			if (attribute.name === name) {
				attribute.i = value;
			}
		}
	};

/** Gives a constant another shape, over the beginning of its bytes. */
const setShape =
	(name: string, ...dims: number[]) =>
	(graph: Graph): void => {
		const constant = constantOf(graph, name);
		const bytes = dims.reduce((product, size) => product * size, constant.dataType === 1 ? 4 : 1);
		constant.dims = dims.map(BigInt);
		constant.rawData = constant.rawData.slice(0, bytes);
		for (const entry of constant.externalData) {
			if (entry.key === "length") {
				entry.value = String(bytes);
			}
		}
	};

const setNumbers =
	(name: string, value: number) =>
	(graph: Graph): void => {
		const constant = constantOf(graph, name);
		constant.rawData = new Uint8Array(
			new Float32Array(constant.rawData.length / 4).fill(value).buffer,
		);
	};

describe("a graph is refused when it is loaded, by a sentence, if it has", () => {
	test.each([
		["no heads", setInteger("Attention", "num_heads", 0n)],
		["more heads than fit 32 bits", setInteger("Attention", "num_heads", 2n ** 31n)],
		[
			"so many heads that their sizes don't fit 32 bits",
			setInteger("Attention", "num_heads", 2n ** 30n),
		],
		["no KV heads", setInteger("Attention", "kv_num_heads", 0n)],
		["less than no KV heads", setInteger("Attention", "kv_num_heads", -2n)],
		["heads that don't fall into groups", setInteger("Attention", "kv_num_heads", 3n)],
		["no experts for a token", setInteger("Experts", "k", 0n)],
		["more experts for a token than there are", setInteger("Experts", "k", 5n)],
		["an unknown way to weigh experts", setInteger("Experts", "normalize", 2n)],
		["heads that aren't a multiple of 16 wide", setShape("layers.0.q_norm.weight", 24)],
		["heads without width", setShape("layers.0.q_norm.weight", 0)],
		["norms of keys and queries that differ", setShape("layers.0.k_norm.weight", 16)],
		["a norm narrower than its layer", setShape("layers.0.input_norm.weight", 32)],
		["rows of weights that aren't whole blocks", setShape("layers.0.qkv_proj.q4", 64, 24)],
		["no rows of weights", setShape("layers.0.qkv_proj.q4", 0, 32)],
		["scales of another matrix", setShape("layers.0.qkv_proj.scales", 64, 2)],
		["weights without rows and columns", setShape("layers.0.qkv_proj.q4", 64)],
		["a router for other experts", setShape("layers.0.router.weight", 3, 64)],
		["experts that aren't whole blocks wide", setShape("layers.0.experts.gate_up.q4", 4, 40, 32)],
		["experts without rows", setShape("layers.0.experts.gate_up.q4", 4, 1, 32)],
		["other experts behind than before the gates", setShape("layers.0.experts.down.q4", 4, 32, 16)],
		["rotation for wider heads", setShape("rotary.cos", 4, 32)],
		["rotation that ends before its other half", setShape("rotary.sin", 100, 16)],
		[
			"weights that are computed",
			(graph: Graph) => {
				nodeOf(graph, "Linear").input[2] = "layers.0.qkv";
			},
		],
	])("%s", async (_, change) => {
		const opening = openChanged(change);
		await expect(opening).rejects.toMatchObject({ code: "MOTE_RUNTIME" });
		await expect(opening).rejects.not.toThrow("unknown exception");
	});
});

describe("a pass fails with a sentence, and the next one can run, if the graph has", () => {
	const emptyTotal = (graph: Graph): void => {
		const total = { ...constantOf(graph, "layers.0.q_norm.weight") };
		graph.initializer.push({
			...total,
			name: "none",
			dataType: 6,
			dims: [0n],
			rawData: new Uint8Array(),
		});
		nodeOf(graph, "Attention").input[3] = "none";
	};
	const sharedCache = (graph: Graph): void => {
		nodeOf(graph, "Attention").input[1] = "past_key_values.1.key";
	};
	test.each([
		["a total that is no number", emptyTotal, "a number isn't one"],
		["a present that isn't its past", sharedCache, "past and present"],
		[
			"a norm that is computed",
			(graph: Graph) => {
				nodeOf(graph, "Linear").input[3] = "hidden.0";
			},
			"a norm is no constant",
		],
		[
			"rotation for fewer positions",
			(graph: Graph) => {
				setShape("rotary.cos", 2, 16)(graph);
				setShape("rotary.sin", 2, 16)(graph);
			},
			"no room for the positions",
		],
	])("%s", async (_, change, message) => {
		const session = await openChanged(change);
		const cache = session.createKvCache(16);
		for (let i = 0; i < 2; i++) {
			await expect(session.run(cache, Int32Array.of(1, 2, 3), 1)).rejects.toThrow(message);
			expect(cache.length).toBe(0);
		}
		cache.dispose();
		session.dispose();
	});

	test.each([
		["another size of vocabulary", { vocabularySize: 500 }],
		["heads of another width", { headDim: 48 }],
		["other KV heads", { kvHeads: 4 }],
	])("%s than it was told", async (_, change) => {
		const session = await builtAddon().addon.openSession({ ...options, ...change });
		const cache = session.createKvCache(16);
		await expect(session.run(cache, Int32Array.of(1), 1)).rejects.toMatchObject({
			code: "MOTE_RUNTIME",
		});
		cache.dispose();
		session.dispose();
	});
});

describe("numbers that are none give logits that are none, and nothing worse", () => {
	test.each([
		["in front of the experts' router", "layers.0.post_attention_norm.weight"],
		["in front of attention", "layers.0.input_norm.weight"],
		["in keys", "layers.0.k_norm.weight"],
		["in front of the output layer", "final_norm.weight"],
	])("%s", async (_, name) => {
		const session = await openChanged(setNumbers(name, NaN));
		const cache = session.createKvCache(64);
		expect(await session.run(cache, new Int32Array(40), 40)).toBe(true);
		const row = new Float32Array(options.vocabularySize);
		session.readLogits(39, row);
		expect(row.every((logit) => Number.isNaN(logit))).toBe(true);
		const best = new Int32Array(40);
		const [bestLogits, logSums] = [new Float32Array(40), new Float32Array(40)];
		session.readSummaries(best, bestLogits, logSums);
		expect(Number.isNaN(logSums[39])).toBe(true);
		cache.dispose();
		session.dispose();
	});
});
