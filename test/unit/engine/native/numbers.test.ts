import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { NativeBackend } from "../../../../src/engine/native/nativeBackend.ts";
import { builtAddon, openAddonBackend } from "../../../support/addonBackend.ts";
import { someTokens } from "../../../support/engineRequests.ts";
import { GraphRunner } from "../../../support/graphRunner.ts";
import type { CheckpointShape } from "../../../support/randomCheckpoint.ts";
import { importTinyModel, type TinyModel } from "../../../support/tinyModel.ts";

/** Passes that follow each other in one sequence: odd numbers of rows, below and above what kernels take at once. */
const passes = [33, 1, 3, 13, 5, 1, 7, 129];
const length = passes.reduce((sum, rows) => sum + rows, 0);
const prompt = someTokens(length, 5, 500);

/** Eight of sixteen experts, weighed as the softmax over all has them; a vocabulary that fills no group of rows. */
const shape: Partial<CheckpointShape> = {
	vocab_size: 519,
	num_experts: 16,
	num_experts_per_tok: 8,
	norm_topk_prob: false,
	moe_intermediate_size: 96,
	hidden_size: 96,
};

/** Logits of every row of all passes, one behind the other. */
async function logitsOf(
	backend: NativeBackend,
	rowsOfPasses: readonly number[],
): Promise<Float32Array> {
	const cache = backend.createKvCache(length);
	const all = new Float32Array(length * backend.vocabularySize);
	let done = 0;
	for (const rows of rowsOfPasses) {
		const logits = await backend.forward(cache, prompt.slice(done, done + rows), rows);
		for (let row = 0; row < rows; row++) {
			all.set(logits.row(row), (done + row) * backend.vocabularySize);
		}
		done += rows;
	}
	cache.dispose();
	return all;
}

/** The root of the mean square of what differs, as a part of that of what is expected. */
function relativeError(actual: Float32Array, expected: Float32Array): number {
	let [difference, size] = [0, 0];
	for (const [i, value] of expected.entries()) {
		difference += ((actual[i] ?? NaN) - value) ** 2;
		size += value ** 2;
	}
	return Math.sqrt(difference / size);
}

describe.each([
	{ heads: 2, kvHeads: 2, headDim: 48 },
	{ heads: 5, kvHeads: 1, headDim: 32 },
	{ heads: 16, kvHeads: 2, headDim: 16 },
])("with $heads heads of $headDim on $kvHeads KV heads", ({ heads, kvHeads, headDim }) => {
	let model: TinyModel;
	let expected: Float32Array;

	beforeAll(async () => {
		model = await importTinyModel("int4", {
			shape: {
				...shape,
				...{ num_attention_heads: heads, num_key_value_heads: kvHeads, head_dim: headDim },
			},
		});
		const portable = await GraphRunner.load(model.folder, length, "portable");
		const rows = await portable.run(prompt, length);
		expected = new Float32Array(rows.flatMap((row) => [...row]));
		await portable.dispose();
	});
	afterAll(async () => {
		await model.remove();
	});

	test.each(builtAddon().addon.instructions)(
		"logits are those of the portable graph up to rounding, with %s",
		async (instructions) => {
			for (const [kvCache, tolerance] of [
				["float32", 0.01],
				["int8", 0.03],
			] as const) {
				const backend = await openAddonBackend(model.folder, { instructions, kvCache });
				const error = relativeError(await logitsOf(backend, passes), expected);
				expect(error, kvCache).toBeLessThan(tolerance);
				await backend.dispose();
			}
		},
	);

	test("logits are the same bit by bit with any number of threads", async () => {
		const logits: Float32Array[] = [];
		for (const threads of [1, 2, 3, 7, 64]) {
			const backend = await openAddonBackend(model.folder, { threads });
			logits.push(await logitsOf(backend, passes.slice(0, 4)));
			await backend.dispose();
		}
		expect(logits.slice(1)).toEqual(logits.slice(1).map(() => logits[0]));
	});
});
