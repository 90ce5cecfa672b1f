import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Backend, KvCache } from "../../../../src/engine/backend.ts";
import { someTokens } from "../../../support/engineRequests.ts";
import { importTinyModel, openBackend, type TinyModel } from "../../../support/tinyModel.ts";

describe.each(["fp32", "int4"] as const)(
	"the ONNX Runtime backend with a tiny %s model",
	(quantization) => {
		let model: TinyModel;
		let backend: Backend;

		beforeAll(async () => {
			model = await importTinyModel(quantization, { shape: { max_position_embeddings: 1024 } });
			backend = await openBackend(model.folder);
		});
		afterAll(async () => {
			await backend.dispose();
			await model.remove();
		});

		/** Logits of the last token of `prompt`, prefilled in chunks of the given sizes. */
		async function lastLogits(kv: KvCache, prompt: ReturnType<typeof someTokens>, chunk: number) {
			let logits = new Float32Array(0);
			while (kv.length < prompt.length) {
				const part = prompt.slice(kv.length, kv.length + chunk);
				const isLast = kv.length + part.length === prompt.length;
				const result = await backend.forward(kv, part, isLast ? 1 : 0);
				logits = isLast ? Float32Array.from(result.row(0)) : logits;
			}
			return logits;
		}

		function distance(a: Float32Array, b: Float32Array): number {
			const scale = a.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
			return a.reduce((max, x, i) => Math.max(max, Math.abs(x - (b[i] ?? NaN))), 0) / scale;
		}

		test("a pass without logits fills the cache", async () => {
			const kv = backend.createKvCache(10);
			const logits = await backend.forward(kv, someTokens(5), 0);
			expect([logits.rows, kv.length, kv.capacity]).toEqual([0, 5, 256]);
		});

		test("prefill in chunks gives the logits of prefill at once", async () => {
			const prompt = someTokens(50, 1, 400);
			const whole = await lastLogits(backend.createKvCache(50), prompt, 50);
			const chunked = await lastLogits(backend.createKvCache(50), prompt, 7);
			expect(distance(whole, chunked)).toBeLessThan(1e-5);
		});

		test("a cache that was rewound and refilled gives the logits of a fresh one", async () => {
			const prompt = someTokens(30, 2, 400);
			const fresh = await lastLogits(backend.createKvCache(60), prompt, 30);
			const kv = backend.createKvCache(60);
			await backend.forward(kv, [...prompt.slice(0, 12), ...someTokens(40, 3, 400)], 1);
			kv.rewindTo(12);
			expect(distance(fresh, await lastLogits(kv, prompt, 30))).toBeLessThan(1e-5);
		});

		test("growing and copying keep what is filled", async () => {
			const prompt = someTokens(300, 4, 400);
			const fresh = await lastLogits(backend.createKvCache(300), prompt, 128);
			const kv = backend.createKvCache(200);
			await backend.forward(kv, prompt.slice(0, 200), 0);
			const copy = kv.copyPrefix(150, 300);
			kv.grow(300);
			expect([kv.capacity, copy.capacity, copy.length]).toEqual([512, 512, 150]);
			expect(distance(fresh, await lastLogits(kv, prompt, 128))).toBeLessThan(1e-5);
			expect(distance(fresh, await lastLogits(copy, prompt, 128))).toBeLessThan(1e-5);
		});

		test("each row of a pass over several tokens predicts what single passes predict", async () => {
			const prompt = someTokens(20, 5, 400);
			const kv = backend.createKvCache(30);
			await backend.forward(kv, prompt.slice(0, 16), 0);
			const rows = await backend.forward(kv, prompt.slice(16), 4);
			const together = [0, 1, 2, 3].map((row) => Float32Array.from(rows.row(row)));
			kv.rewindTo(16);
			for (const [i, expected] of together.entries()) {
				const single = await backend.forward(kv, prompt.slice(16 + i, 17 + i), 1);
				expect(distance(expected, single.row(0))).toBeLessThan(1e-5);
			}
		});
	},
);
