import { readFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planDecoder } from "../../../src/importer/architectures/architectures.ts";
import { matrixColumns, type DecoderPlan } from "../../../src/importer/decoderPlan.ts";
import { isNative } from "../../../src/importer/graphs/nativeGraph.ts";
import { ImportError } from "../../../src/importer/importError.ts";

const folder = join(import.meta.dirname, "../../support/publishedConfigs");
const configOf = async (name: string): Promise<object> =>
	JSON.parse(await readFile(join(folder, `${name}.json`), "utf8")) as object;
const planOf = async (name: string): Promise<DecoderPlan> => planDecoder(await configOf(name));

const names = [
	"qwen2.5-coder-1.5b",
	"qwen3-coder-30b-a3b",
	"mellum2-12b-a2.5b",
	"deepseek-coder-v2-lite",
] as const;

describe("the plan of a published config", () => {
	test("says what the KV cache holds, how far the tables reach, and whether the addon runs it", async () => {
		const rows = await Promise.all(
			names.map(async (name) => {
				const plan = await planOf(name);
				const { layers, kvHeads, headDim, contextLength } = plan;
				return [name, layers.length, kvHeads, headDim, contextLength, isNative(plan)];
			}),
		);
		expect(rows).toEqual([
			["qwen2.5-coder-1.5b", 28, 2, 128, 32_768, false],
			["qwen3-coder-30b-a3b", 48, 4, 128, 131_072, true],
			["mellum2-12b-a2.5b", 28, 4, 128, 131_072, false],
			["deepseek-coder-v2-lite", 27, 1, 576, 131_072, false],
		]);
	});

	test("has matrices that blocks of 32 divide", async () => {
		for (const name of names) {
			const columns = matrixColumns(await planOf(name));
			expect(columns.filter((size) => size % 32 !== 0)).toEqual([]);
		}
	});

	test("lets three of four layers of Mellum see a window, each kind with its own rotation", async () => {
		const { layers, rotary } = await planOf("mellum2-12b-a2.5b");
		const kinds = layers.map(({ attention }) =>
			attention.kind === "grouped" ? [attention.windowTokens, rotary[attention.rotary]] : [],
		);
		expect(kinds.filter(([window]) => window === 1024)).toHaveLength(21);
		const scalings = new Set(kinds.map(([window, rotation]) => JSON.stringify([window, rotation])));
		expect([...scalings].map((text) => JSON.parse(text) as unknown)).toEqual([
			[
				null,
				{
					dim: 128,
					theta: 500_000,
					scaling: {
						kind: "yarn",
						factor: 16,
						originalPositions: 8192,
						betaFast: 32,
						betaSlow: 1,
						attentionFactor: 1.277_258_872_223_978_2,
					},
				},
			],
			[1024, { dim: 128, theta: 500_000, scaling: { kind: "none" } }],
		]);
	});

	test("makes DeepSeek's first layer dense and adds two shared experts to the others", async () => {
		const { layers } = await planOf("deepseek-coder-v2-lite");
		const [first, ...others] = layers.map(({ feedForward }) => feedForward);
		expect(first).toMatchObject({ kind: "dense", size: 10_944 });
		for (const other of others) {
			expect(other).toMatchObject({ kind: "experts", experts: 64, shared: { size: 2816 } });
		}
	});

	test("scales DeepSeek's attention by the square of YaRN's length", async () => {
		const { layers } = await planOf("deepseek-coder-v2-lite");
		const [first] = layers;
		const length = 0.1 * 0.707 * Math.log(40) + 1;
		expect(first?.attention).toMatchObject({ kind: "latent" });
		expect(first?.attention.kind === "latent" ? first.attention.scale : NaN).toBeCloseTo(
			length ** 2 / Math.sqrt(192),
			9,
		);
	});
});

test("a config from anywhere is planned or refused by a sentence", async () => {
	const configs = await Promise.all(names.map(configOf));
	const value = fc.oneof(
		fc.jsonValue(),
		fc.constantFrom(0, -1, 1e9, 1.5, NaN, "", "yarn", null, [], {}, true),
	);
	fc.assert(
		fc.property(fc.constantFrom(...configs), fc.nat(), value, (config, index, replaced) => {
			const keys = Object.keys(config);
			const key = keys[index % keys.length] ?? "";
			try {
				const plan = planDecoder({ ...config, [key]: replaced });
				return plan.layers.length <= 1000 && plan.headDim <= 1024;
			} catch (error) {
				return error instanceof ImportError && /^[^\n]+; [^\n]+\.$/.test(error.message);
			}
		}),
		{ numRuns: 2000 },
	);
});

const refusals: readonly (readonly [string, string, object, string])[] = [
	[
		"a sliding layer without a window",
		"mellum2-12b-a2.5b",
		{ sliding_window: null },
		"sliding_window is missing",
	],
	[
		"too few kinds of layers",
		"mellum2-12b-a2.5b",
		{ layer_types: ["full_attention"] },
		"layer_types has another length",
	],
	[
		"experts chosen by groups",
		"deepseek-coder-v2-lite",
		{ topk_method: "group_limited_greedy" },
		'experts chosen by "group_limited_greedy"',
	],
	[
		"more experts a token than there are",
		"deepseek-coder-v2-lite",
		{ num_experts_per_tok: 65 },
		"more experts per token than experts",
	],
	[
		"an odd part that is rotated",
		"deepseek-coder-v2-lite",
		{ qk_rope_head_dim: 63 },
		"the head dimension is odd",
	],
	[
		"a rotation that follows the prompt's length",
		"qwen2.5-coder-1.5b",
		{ rope_scaling: { type: "dynamic", factor: 2 } },
		'positions of the kind "dynamic"',
	],
	[
		"YaRN without a factor",
		"qwen2.5-coder-1.5b",
		{ rope_scaling: { type: "yarn" } },
		'positions of the kind "yarn"',
	],
];
test.each(refusals)("%s is refused", async (_, name, change, part) => {
	const config = { ...(await configOf(name)), ...change };
	expect(() => planDecoder(config)).toThrow(part);
});
