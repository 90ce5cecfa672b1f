import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PassStopped, type Backend, type Logits } from "../../../../src/engine/backend.ts";
import type { NativeBackend } from "../../../../src/engine/native/nativeBackend.ts";
import { openNativeBackend } from "../../../../src/engine/native/nativeBackend.ts";
import { openModel } from "../../../../src/model/modelStore.ts";
import type { TokenId } from "../../../../src/tokenizer/tokenizer.ts";
import { builtAddon, openAddonBackend } from "../../../support/addonBackend.ts";
import { someTokens, tokens } from "../../../support/engineRequests.ts";
import { rowSummaryOf } from "../../../support/rowSummaryOf.ts";
import { importTinyModel, openBackend, type TinyModel } from "../../../support/tinyModel.ts";

const contextLength = 2048;

let model: TinyModel;
let backend: NativeBackend;

beforeAll(async () => {
	model = await importTinyModel("int4", { shape: { max_position_embeddings: contextLength } });
	backend = await openAddonBackend(model.folder);
});
afterAll(async () => {
	await backend.dispose();
	await model.remove();
});

/** The rows after a prompt that is read at once, then the cache is gone. */
async function rowsAfter(
	of: Backend,
	prompt: readonly TokenId[],
	rows: number,
): Promise<Float32Array[]> {
	const cache = of.createKvCache(prompt.length);
	const logits = await of.forward(cache, prompt, rows);
	const copies = copiesOf(logits);
	cache.dispose();
	return copies;
}

function copiesOf(logits: Logits): Float32Array[] {
	return Array.from({ length: logits.rows }, (_, i) => logits.row(i).slice());
}

/** The largest difference of two rows' probabilities. */
function distance(a: Float32Array, b: Float32Array): number {
	const [x, y] = [a, b].map((row) => {
		const { logSum } = rowSummaryOf(row);
		return row.map((logit) => Math.exp(logit - logSum));
	});
	return Math.max(...(x ?? []).map((p, i) => Math.abs(p - (y?.[i] ?? NaN))));
}

describe("logits", () => {
	test("are those of onnxruntime-node up to rounding", async () => {
		const reference = await openBackend(model.folder);
		for (const length of [1, 15, 16, 17, 100]) {
			const prompt = someTokens(length, length, 500);
			const rows = Math.min(length, 3);
			const actual = await rowsAfter(backend, prompt, rows);
			const expected = await rowsAfter(reference, prompt, rows);
			for (const [i, row] of actual.entries()) {
				expect(distance(row, expected[i] ?? row.slice(0, 0))).toBeLessThan(0.05);
			}
		}
		await reference.dispose();
	});

	test("are the same up to rounding with every set of instructions and format of the cache", async () => {
		const prompt = someTokens(120, 7, 500);
		const [expected] = await rowsAfter(backend, prompt, 1);
		for (const instructions of builtAddon().addon.instructions) {
			for (const kvCache of ["float32", "int8"] as const) {
				const other = await openAddonBackend(model.folder, { instructions, kvCache });
				const [row] = await rowsAfter(other, prompt, 1);
				expect(distance(row ?? new Float32Array(), expected ?? new Float32Array())).toBeLessThan(
					0.05,
				);
				await other.dispose();
			}
		}
	});

	test("come with summaries that are true", async () => {
		const cache = backend.createKvCache(64);
		const logits = await backend.forward(cache, someTokens(40, 3, 500), 5);
		for (const [i, row] of copiesOf(logits).entries()) {
			const expected = rowSummaryOf(row);
			const summary = logits.summary?.(i);
			expect(summary).toMatchObject({ best: expected.best, bestLogit: expected.bestLogit });
			expect(summary?.logSum).toBeCloseTo(expected.logSum, 4);
		}
		cache.dispose();
	});

	test("aren't computed for a chunk whose logits nobody reads", async () => {
		const cache = backend.createKvCache(64);
		const logits = await backend.forward(cache, someTokens(40, 3, 500), 0);
		expect([logits.rows, cache.length]).toEqual([0, 40]);
		expect(() => logits.row(0)).toThrow();
		cache.dispose();
	});
});

describe("a pass that is stopped", () => {
	const prompt = someTokens(1500, 1, 500);

	/** Slow enough that a pass over the prompt surely runs when the event loop turns. */
	async function slowBackend(): Promise<NativeBackend> {
		return await openAddonBackend(model.folder, { instructions: "plain C++" });
	}

	test("rejects, keeps the cache at its length, and the same pass then gives the same logits", async () => {
		const slow = await slowBackend();
		const cache = slow.createKvCache(contextLength);
		await slow.forward(cache, prompt.slice(0, 20), 0);
		const controller = new AbortController();
		const stopped = slow.forward(cache, prompt.slice(20), 1, controller.signal);
		setImmediate(() => {
			controller.abort();
		});
		await expect(stopped).rejects.toBeInstanceOf(PassStopped);
		expect(cache.length).toBe(20);
		const again = copiesOf(await slow.forward(cache, prompt.slice(20), 1));

		const undisturbed = slow.createKvCache(contextLength);
		await slow.forward(undisturbed, prompt.slice(0, 20), 0);
		expect(copiesOf(await slow.forward(undisturbed, prompt.slice(20), 1))).toEqual(again);
		cache.dispose();
		undisturbed.dispose();
		await slow.dispose();
	});

	test("doesn't run at all when its signal has aborted before", async () => {
		const cache = backend.createKvCache(64);
		const pass = backend.forward(cache, tokens(1), 1, AbortSignal.abort());
		await expect(pass).rejects.toBeInstanceOf(PassStopped);
		expect(cache.length).toBe(0);
		// The backend is free for the next.
		expect((await backend.forward(cache, tokens(1), 1)).rows).toBe(1);
		cache.dispose();
	});

	test("stops at once when it was asked before it began on its thread", async () => {
		const cache = backend.createKvCache(64);
		const controller = new AbortController();
		const pass = backend.forward(cache, tokens(1), 1, controller.signal);
		controller.abort();
		await expect(pass).rejects.toBeInstanceOf(PassStopped);
		expect(cache.length).toBe(0);
		cache.dispose();
	});

	test("is no business of another model's", async () => {
		const other = await openAddonBackend(model.folder);
		const [cache, otherCache] = [
			backend.createKvCache(contextLength),
			other.createKvCache(contextLength),
		];
		const controller = new AbortController();
		const stopped = backend.forward(cache, prompt, 0, controller.signal);
		const running = other.forward(otherCache, prompt, 1);
		controller.abort();
		await expect(stopped).rejects.toBeInstanceOf(PassStopped);
		expect((await running).rows).toBe(1);
		expect([cache.length, otherCache.length]).toEqual([0, prompt.length]);
		cache.dispose();
		otherCache.dispose();
		await other.dispose();
	});

	test("an abort after its end changes nothing", async () => {
		const cache = backend.createKvCache(64);
		const controller = new AbortController();
		await backend.forward(cache, tokens(1), 1, controller.signal);
		controller.abort();
		expect((await backend.forward(cache, tokens(2), 1)).rows).toBe(1);
		expect(cache.length).toBe(2);
		cache.dispose();
	});
});

describe("KV caches", () => {
	test("a copy of a prefix, and a cache rewound to it, go on alike", async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.integer({ min: 1, max: 120 }),
				fc.nat({ max: 120 }),
				fc.integer({ min: 1, max: 20 }),
				fc.nat({ max: 300 }),
				async (length, cut, more, spare) => {
					const kept = Math.min(cut, length);
					const cache = backend.createKvCache(length);
					await backend.forward(cache, someTokens(length, 5, 500), 0);
					const copy = cache.copyPrefix(kept, kept + spare);
					cache.rewindTo(kept);
					const tail = someTokens(more, 9, 500);
					cache.grow(kept + more);
					copy.grow(kept + more);
					const expected = copiesOf(await backend.forward(cache, tail, 1));
					expect(copiesOf(await backend.forward(copy, tail, 1))).toEqual(expected);
					expect([cache.length, copy.length]).toEqual([kept + more, kept + more]);
					cache.dispose();
					copy.dispose();
				},
			),
			{ numRuns: 40, seed: 2026 },
		);
	});

	test("hold memory for what was filled, whatever they have room for", async () => {
		const roomy = backend.createKvCache(contextLength);
		expect(roomy.bytes).toBe(0);
		await backend.forward(roomy, someTokens(10, 0, 500), 0);
		const small = roomy.bytes;
		await backend.forward(roomy, someTokens(1500, 0, 500), 0);
		expect(roomy.bytes).toBeGreaterThan(20 * small);
		expect(roomy.bytes).toBeLessThan(1.1 * backend.kvLayout.prefixBytes(1510));
		roomy.dispose();
		expect([roomy.bytes, roomy.length, roomy.capacity]).toEqual([0, 0, 0]);
	});

	test("outlive the backend that made them", async () => {
		const other = await openAddonBackend(model.folder);
		const cache = other.createKvCache(16);
		await other.forward(cache, tokens(1, 2), 0);
		await other.dispose();
		cache.rewindTo(1);
		cache.dispose();
	});
});

test("a graph in other operators is refused with an error that says what to do", async () => {
	const { graphPath, manifest } = await openModel(model.folder);
	const opening = openNativeBackend({ ...builtAddon(), graphPath, manifest, threads: 1 });
	await expect(opening).rejects.toMatchObject({ code: "runtimeFailed" });
	await expect(opening).rejects.toThrow("seqlens_k, which nobody uses); restart the engine");
});
