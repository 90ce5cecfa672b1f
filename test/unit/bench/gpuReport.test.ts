import { describe, expect, test } from "vitest";
import { asMarkdown, type GpuFindings } from "../../../bench/gpu/gpuReport.ts";

const findings: GpuFindings = {
	date: "2026-01-01",
	machine: ["graphics card: A"],
	measurements: [],
	bench: {},
	steps: [],
};
const rehearsalLine = "**This was a rehearsal on the processor";

/** Lines of a report on measurements, by model, form and figures. */
function linesOf(
	measured: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>,
): readonly string[] {
	const measurements = Object.entries(measured).map(([model, results]) => ({ model, results }));
	return asMarkdown({ ...findings, measurements }).split("\n");
}

describe("the targets", () => {
	test("are met or missed by what CUDA does with mote-base", () => {
		const lines = linesOf({
			"mote-base": { cuda: { "decodeMs.1024": 1.5, "prefillTokensPerS.2048": 59_999 } },
		});
		expect(lines).toContain("| decode, 1024 past | at most 1.5 ms | 1.5 ms | met |");
		expect(lines).toContain(
			"| prefill of 2048 in one pass | at least 60000 tokens/s | 59999 tokens/s | missed |",
		);
		expect(lines.join("\n")).not.toContain(rehearsalLine);
	});

	test("are not measured where CUDA fails, and it says why in one line", () => {
		const lines = linesOf({ "mote-base": { cuda: { failed: "no driver,\nnone | at all" } } });
		expect(lines).toContain(
			"| decode, 1024 past | at most 1.5 ms | not measured: no driver, none \\| at all |  |",
		);
		expect(lines).toContain("- cuda failed: no driver, none \\| at all");
	});

	test("are not measured by a rehearsal, which says that it was one", () => {
		const lines = linesOf({
			"mote-base": { "half-rehearsal": { "decodeMs.1024": 0.1 }, cuda: { failed: "no driver" } },
		});
		expect(lines.join("\n")).toContain(rehearsalLine);
		expect(lines).toContain("| decode, 1024 past | at most 1.5 ms | not measured: no driver |  |");
	});
});

test("what several programs found about a model is one table, devices first and PyTorch last", () => {
	const measurements = [
		{ model: "m", results: { "torch-eager": { "decodeMs.0": 3 } } },
		{ model: "m", results: { processor: { "decodeMs.0": 2, "decodeMs.4096": 2.5 } } },
		{ model: "m", results: { cuda: { "decodeMs.0": 1 } } },
		{ model: "m", results: { cuda: { requests: 10_000, grownBytes: 2 ** 20 } } },
	];
	const text = asMarkdown({ ...findings, measurements });
	expect(text.slice(text.indexOf("## m"), text.indexOf("## Steps"))).toBe(
		[
			"## m",
			"",
			"",
			"|  | cuda | processor | torch-eager |",
			"| --- | --- | --- | --- |",
			"| decode, 0 past | 1 ms | 2 ms | 3 ms |",
			"| decode, 4096 past |  | 2.5 ms |  |",
			"| small requests | 10000 |  |  |",
			"| memory that they left | 1 MB |  |  |",
			"",
			"",
		].join("\n"),
	);
});

test("logits are told by rows, distance and how many are wrong", () => {
	const agreement = { rows: 8, largestDelta: 0.01234, beyondTolerance: 1, wrongBest: 0 };
	expect(linesOf({ m: { cuda: { agreement: { ...agreement, tolerance: 0.02 } } } })).toContain(
		"| logits against the processor's | 8 rows, at most 0.012 apart, 1 by more than 0.02, 0 wrong |",
	);
});

describe("what all layers would take", () => {
	const depth = (decode: number, prefill: number): Readonly<Record<string, unknown>> => ({
		"decodeMs.1024": decode,
		"prefillTokensPerS.1000": prefill,
	});

	test("is computed from two depths, and called so", () => {
		const lines = linesOf({
			"shape, 2 of 48 layers": { cuda: depth(1, 100_000) },
			"shape, 4 of 48 layers": { cuda: depth(1.4, 50_000) },
		});
		expect(lines).toContain("## shape, all 48 layers: computed, not measured");
		expect(lines).toContain("| decode, 1024 past | 10.2 ms (0.2 ms) |");
		expect(lines).toContain("| prefill of 1000 in one pass | 4167 tokens/s (5 ms) |");
	});

	test("isn't where noise is larger than a layer", () => {
		const lines = linesOf({
			"shape, 2 of 48 layers": { cuda: { "decodeMs.0": 1 } },
			"shape, 4 of 48 layers": { cuda: { "decodeMs.0": 0.9 } },
		});
		expect(lines).toContain("| decode, 0 past | more layers took no longer |");
	});

	test("isn't told from one depth", () => {
		const lines = linesOf({ "shape, 1 of 48 layers": { processor: { "decodeMs.0": 1 } } });
		expect(lines.join("\n")).not.toContain("computed");
	});
});

test("figures of mote bench stand beside each other by what ran the model", () => {
	const text = asMarkdown({
		...findings,
		bench: { cuda: { decode: { "0": 1 }, backend: "CUDA" }, off: { decode: { "0": 2 } } },
	});
	expect(text).toContain("| decode.0 | 1 | 2 |\n| backend | CUDA |  |");
});

test("steps that were not done say what became of them", () => {
	const step = { name: "a", seconds: 3, state: "failed with 1", detail: "why\tnot" };
	const done = { name: "b", seconds: 4, state: "done", detail: "}" };
	const text = asMarkdown({ ...findings, steps: [step, done] });
	expect(text).toContain("| a | 3 | failed with 1 | why not |\n| b | 4 | done |  |");
});
