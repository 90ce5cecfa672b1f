import { describe, expect, test } from "vitest";
import { differences } from "../../../bench/engines/compareOutputs.ts";
import { asPicture } from "../../../bench/engines/picture.ts";
import {
	asMarkdown,
	figureOf,
	type Comparison,
	type EngineResult,
} from "../../../bench/engines/report.ts";
import { tokenAt } from "../../../src/tokenizer/tokenIds.ts";

const llama: EngineResult = {
	engine: "llama.cpp",
	kernels: "cpu-haswell",
	figures: {
		"decode.0": figureOf([{ value: 4, cpu: 2 }], undefined),
		"prefill.512": figureOf([{ value: 512, cpu: 256 }], undefined),
	},
};
const native: EngineResult = {
	engine: "native",
	kernels: "<avx2>",
	figures: {
		"decode.0": figureOf([{ value: 3, cpu: 1 }], [{ value: 4, cpu: 2 }]),
		"prefill.512": figureOf([{ value: 256, cpu: 128 }], [{ value: 512, cpu: 256 }]),
		"abort.p95": figureOf([{ value: 7 }], []),
	},
};
const comparison: Comparison = {
	date: "2026-01-01T00:00:00.000Z",
	machine: {
		processor: "A & B",
		instructionSets: ["avx2"],
		logicalCores: 2,
		platform: "linux/x64",
	},
	model: { name: "tiny", weightsSha256: "0123456789abcdef" },
	versions: {},
	threads: 1,
	instructions: "avx2",
	rounds: 1,
	load: { least: 0, most: 1 },
	engines: [native, llama],
	left: [{ engine: "portable", reason: "no graph" }],
};

describe("a figure over rounds", () => {
	test("compares each round with the same round of the other engine", () => {
		const { ratio, cpuRatio } = figureOf(
			[
				{ value: 10, cpu: 1 },
				{ value: 30, cpu: 3 },
				{ value: 20, cpu: 2 },
			],
			[
				{ value: 20, cpu: 1 },
				{ value: 60, cpu: 3 },
				{ value: 20, cpu: 2 },
			],
		);
		expect({ ratio, cpuRatio }).toEqual({ ratio: 0.5, cpuRatio: 1 });
	});

	test("is the median, and of the fastest the least", () => {
		const rounds = [
			{ value: 3, fastest: 2 },
			{ value: 9, fastest: 1 },
			{ value: 4, fastest: 3 },
		];
		expect(figureOf(rounds, undefined)).toEqual({ value: 4, fastest: 1, rounds });
	});
});

test("two rounds count alike", () => {
	const rounds = [{ value: 2 }, { value: 4 }];
	expect(figureOf(rounds, [{ value: 4 }, { value: 4 }])).toEqual({
		value: 3,
		rounds,
		ratio: 0.75,
	});
});

describe("the report", () => {
	test("gives prompts as tokens a second, and ratios by processor time with one thread", () => {
		const rows = asMarkdown(comparison).split("\n");
		expect(rows).toContain("| decode, 0 past | 3 ms (cpu 1 ms), 0.5 × | 4 ms (cpu 2 ms) |");
		expect(rows).toContain(
			"| prefill of 512 in one pass | 2000 tokens/s (cpu 4000 tokens/s), 0.5 × | 1000 tokens/s (cpu 2000 tokens/s) |",
		);
		expect(rows).toContain("| abort to idle, p95 | 7 ms |  |");
		expect(rows).toContain("- portable was left out: no graph");
	});

	test("gives ratios by the clock with several threads", () => {
		const rows = asMarkdown({ ...comparison, threads: 2 }).split("\n");
		expect(rows).toContain("| decode, 0 past | 3 ms, 0.75 × | 4 ms |");
	});
});

describe("the picture", () => {
	test("has a bar as long as the time is for each engine and kind of pass", () => {
		const widths = [...asPicture(comparison).matchAll(/<rect [^>]*width="(\d+)"/g)].map(
			([, width]) => Number(width),
		);
		const [nativeDecode, llamaDecode, nativePrefill, llamaPrefill] = widths;
		expect(widths).toHaveLength(4);
		expect(llamaDecode).toBe(llamaPrefill);
		expect(nativeDecode).toBe((llamaDecode ?? 0) / 2);
		expect(nativePrefill).toBe((llamaPrefill ?? 0) / 2);
	});

	test("escapes what the machine says of itself", () => {
		expect(asPicture(comparison)).toContain("A &amp; B");
	});
});

test("two answers differ where another token leads, by the lead of the first", () => {
	const first = {
		tokens: [tokenAt(0), tokenAt(2)],
		rows: [Float32Array.of(5, 4.5, 0), Float32Array.of(0, 1, 3)],
	};
	const second = {
		tokens: [tokenAt(1), tokenAt(2)],
		rows: [Float32Array.of(4, 4.5, 0), Float32Array.of(0, 1, 3.25)],
	};
	expect(differences(first, second)).toEqual([
		{ sameToken: false, lead: 0.5, largestDistance: 1 },
		{ sameToken: true, lead: 2, largestDistance: 0.25 },
	]);
});
