import { expect } from "vitest";
import type { Backend, KvCache } from "../../src/engine/backend.ts";
import type { HostedKvCache } from "../../src/engine/ort/hostedKvCache.ts";
import type { TokenId } from "../../src/tokenizer/tokenizer.ts";
import { someTokens } from "./engineRequests.ts";
import { relativeError } from "./relativeError.ts";

/** Of the tiny model's vocabulary. */
export const tokens = someTokens(40, 1, 512);

/** The ordinary graph rounds activations to 8 bits, and those of devices don't, or to float16. */
export const rounding = 0.02;

/** An answer as passes see it: a prompt, a step, drafts of which some are rejected, a longer piece, a step. */
const passes = [
	{ start: 0, end: 16, rows: 0, rejected: 0 },
	{ start: 16, end: 17, rows: 1, rejected: 0 },
	{ start: 17, end: 22, rows: 5, rejected: 3 },
	{ start: 19, end: 30, rows: 0, rejected: 0 },
	{ start: 30, end: 31, rows: 1, rejected: 0 },
] as const;

/** Runs a pass and copies its logits. */
export async function rowsOf(
	backend: Backend,
	cache: KvCache,
	chunk: readonly TokenId[],
	rows: number,
): Promise<readonly Float32Array[]> {
	const logits = await backend.forward(cache, chunk, rows);
	expect(logits.rows).toBe(rows);
	return Array.from({ length: rows }, (_, index) => logits.row(index).slice());
}

/** Runs an answer on both, and holds their logits against each other. */
export async function expectSameAnswer(
	device: { createKvCache(capacity: number): HostedKvCache } & Backend,
	ordinary: Backend,
): Promise<void> {
	const onDevice = device.createKvCache(20);
	const onProcessor = ordinary.createKvCache(20);
	for (const { start, end, rows, rejected } of passes) {
		onDevice.grow(end);
		onProcessor.grow(end);
		const chunk = tokens.slice(start, end);
		const actual = await rowsOf(device, onDevice, chunk, rows);
		const expected = await rowsOf(ordinary, onProcessor, chunk, rows);
		if (rows > 0) {
			expect(relativeError(actual, expected)).toBeLessThan(rounding);
		}
		onDevice.rewindTo(end - rejected);
		onProcessor.rewindTo(end - rejected);
		expect(onDevice.isOnDevice).toBe(true);
	}
	onDevice.dispose();
	onProcessor.dispose();
}

/** A cache of `backend` with the first `length` positions of another one, by way of their bytes. */
export function restored<Cache extends KvCache>(
	backend: { createKvCache(capacity: number): Cache } & Backend,
	from: KvCache,
	length: number,
): Cache {
	const bytes = new Uint8Array(backend.kvLayout.prefixBytes(length));
	from.readPrefix(length, 0, bytes);
	const cache = backend.createKvCache(64);
	cache.writePrefix(length, 0, bytes);
	cache.markFilled(length);
	return cache;
}
