import { describe, expect, test } from "vitest";
import { PrefillChunk } from "../../../src/engine/prefillChunk.ts";
import { uniformAt } from "../../../src/engine/sampling/random.ts";

/** What a pass over so many tokens takes, in milliseconds. */
type Machine = (tokens: number) => number;

/** Measured with QMoE on AVX2: every pass dequantises every expert. */
const slowBase: Machine = (tokens) => 333 + 0.41 * tokens;
const fast: Machine = (tokens) => 5 + 0.08 * tokens;
/** The order of today's processors with AVX-512. */
const usual: Machine = (tokens) => 8 + 0.35 * tokens;
const slowRows: Machine = (tokens) => 10 + 2 * tokens;

interface Reading {
	readonly sizes: readonly number[];
	readonly ms: number;
}

/** Reads a prompt as Generation does. `noise` multiplies the time of each pass. */
function read(
	chunk: PrefillChunk,
	machine: Machine,
	promptTokens: number,
	noise: () => number = () => 1,
): Reading {
	const sizes: number[] = [];
	let ms = 0;
	for (let left = promptTokens; left > 0; left -= sizes.at(-1) ?? left) {
		const tokens = Math.min(chunk.tokens, left);
		const elapsedMs = machine(tokens) * noise();
		chunk.record(tokens, elapsedMs);
		sizes.push(tokens);
		ms += elapsedMs;
	}
	return { sizes, ms };
}

function readings(chunk: PrefillChunk, machine: Machine, count: number, tokens: number): Reading[] {
	// Within a tenth of the truth.
	let passes = 0;
	const noise = (): number => 0.9 + 0.2 * uniformAt(1, passes++);
	return Array.from({ length: count }, () => read(chunk, machine, tokens, noise));
}

function longestMs(machine: Machine, read: readonly Reading[]): number {
	return Math.max(...read.flatMap(({ sizes }) => sizes.map(machine)));
}

function usualSize(read: readonly Reading[]): number | undefined {
	const sizes = read.flatMap((one) => one.sizes).sort((a, b) => a - b);
	return sizes[Math.floor(sizes.length / 2)];
}

function meanMs(read: readonly Reading[]): number {
	return read.reduce((sum, { ms }) => sum + ms, 0) / read.length;
}

describe("where a pass can't be stopped", () => {
	test("one that costs much beside its rows has many of them", () => {
		const chunk = new PrefillChunk(false);
		read(chunk, slowBase, 512);
		expect(meanMs(readings(chunk, slowBase, 60, 512))).toBeLessThan(1.35 * slowBase(512));
		// The first prompt pays for what is not known yet, but no longer sixteen passes.
		expect(read(new PrefillChunk(false), slowBase, 512).ms).toBeLessThan(3 * slowBase(512));
	});

	test.each([
		["fast", fast],
		["usual", usual],
	])("one on a %s machine is not felt", (_, machine) => {
		const chunk = new PrefillChunk(false);
		const all = [read(chunk, machine, 2000), ...readings(chunk, machine, 40, 1500)];
		// The line is known within the noise.
		expect(longestMs(machine, all)).toBeLessThan(1.25 * 50);
		expect(meanMs(all.slice(1))).toBeLessThan(1.3 * machine(1500));
	});

	test("one whose rows are dear is short, and its base at most a quarter of it", () => {
		const chunk = new PrefillChunk(false);
		readings(chunk, slowRows, 20, 500);
		const { tokens } = chunk;
		expect(tokens).toBe(32);
		expect(slowRows(0) / slowRows(tokens)).toBeLessThan(0.25);
	});

	test("never has more than twice the tokens of the largest before it", () => {
		const { sizes } = read(new PrefillChunk(false), () => 0, 4000);
		for (const [at, size] of sizes.entries()) {
			expect(size).toBeLessThanOrEqual(Math.max(64, 2 * Math.max(...sizes.slice(0, at))));
		}
		expect(Math.max(...sizes)).toBe(512);
	});
});

describe("where a pass can be stopped", () => {
	test("the first has 128 tokens, and one to compare it with fewer", () => {
		const chunk = new PrefillChunk(true);
		expect(read(chunk, usual, 128 + 128 + 32).sizes).toEqual([128, 128, 32]);
	});

	test.each([
		["much beside its rows", slowBase, 512],
		["little at all", fast, 512],
		["what is usual", usual, 128],
		["much for each row", slowRows, 32],
	])("one that costs %s fits between two keystrokes, as far as it can", (_, machine, tokens) => {
		const chunk = new PrefillChunk(true);
		const all = readings(chunk, machine, 60, 512);
		expect(meanMs(all)).toBeLessThan(Math.ceil(512 / tokens) * machine(tokens) * 1.1);
		// Every so often a shorter one shows what a row costs.
		expect(usualSize(all.slice(-20))).toBe(tokens);
	});

	test("one that is stopped after more than that is followed by shorter ones, until some come to their end", () => {
		const chunk = new PrefillChunk(true);
		chunk.recordStopped(128, 40);
		expect(chunk.tokens).toBe(128);
		chunk.recordStopped(128, 100);
		expect(chunk.tokens).toBe(64);
		chunk.recordStopped(64, 100);
		chunk.recordStopped(32, 100);
		expect(chunk.tokens).toBe(32);
		// The second shows what a row costs; the line can't be trusted before.
		expect(read(chunk, slowRows, 6 * 32).sizes).toEqual([32, 32, 32, 32, 64]);
		expect(usualSize(readings(chunk, fast, 40, 1536).slice(-10))).toBe(512);
	});
});

test("beside typing a pass is shorter, unless it would be little else than its base", () => {
	for (const stops of [false, true]) {
		const chunk = new PrefillChunk(stops);
		expect(chunk.tokensBesideTyping).toBe(32);
		readings(chunk, usual, 10, 1000);
		expect(chunk.tokensBesideTyping).toBe(32);
		const slow = new PrefillChunk(stops);
		readings(slow, slowBase, 10, 1000);
		expect(slow.tokensBesideTyping).toBe(512);
	}
});

test("a machine that becomes slower gets shorter passes", () => {
	const chunk = new PrefillChunk(false);
	readings(chunk, fast, 20, 1500);
	expect(chunk.tokens).toBe(512);
	const loaded: Machine = (tokens) => 8 * fast(tokens);
	readings(chunk, loaded, 60, 1500);
	// A quarter of such a pass is its base.
	expect(loaded(chunk.tokens)).toBeLessThan(1.3 * 4 * loaded(0));
});

test("neither a first pass that reads the weights from a disk nor one through which the machine slept counts", () => {
	const chunk = new PrefillChunk(false);
	chunk.record(64, 5000);
	readings(chunk, usual, 4, 1000);
	const { tokens } = chunk;
	expect(usual(tokens)).toBeLessThan(1.25 * 50);
	chunk.record(tokens, 8 * 3_600_000);
	readings(chunk, usual, 5, 1000);
	expect(usual(chunk.tokens)).toBeLessThan(1.25 * 50);
	expect(chunk.tokens).toBeGreaterThan(32);
});

test("short passes, which activate fewer experts, say nothing about long ones", () => {
	const chunk = new PrefillChunk(false);
	readings(chunk, usual, 10, 1000);
	const { tokens } = chunk;
	for (let i = 0; i < 100; i++) {
		chunk.record(1 + (i % 31), 500);
	}
	expect(chunk.tokens).toBe(tokens);
});

test("a fixed size never changes", () => {
	const chunk = new PrefillChunk(true, 7);
	const sizes = new Set(readings(chunk, fast, 5, 70).flatMap((one) => one.sizes));
	expect([...sizes, chunk.tokensBesideTyping]).toEqual([7, 7]);
});
