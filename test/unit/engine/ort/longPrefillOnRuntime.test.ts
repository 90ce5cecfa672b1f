import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../../../src/base/clock.ts";
import type { Backend } from "../../../../src/engine/backend.ts";
import { LocalEngine } from "../../../../src/engine/localEngine.ts";
import { measureKvRanges } from "../../../../src/engine/ort/measureKvRanges.ts";
import { openOrtBackend } from "../../../../src/engine/ort/ortBackend.ts";
import { importCheckpoint } from "../../../../src/importer/importCheckpoint.ts";
import { openModel } from "../../../../src/model/modelStore.ts";
import { answerOf, someTokens } from "../../../support/engineRequests.ts";
import { fakeVocabulary } from "../../../support/fakeEngine.ts";
import { writeRandomCheckpoint } from "../../../support/randomCheckpoint.ts";

/** bench/longContext.ts does the same with 131,072 tokens, which takes minutes. */
const promptTokens = 8192;
const prompt = someTokens(promptTokens, 3, 512);

let root: string;
let backend: Backend;

beforeAll(async () => {
	root = await mkdtemp(join(tmpdir(), "mote-long-"));
	await writeRandomCheckpoint(join(root, "checkpoint"), {
		shape: {
			num_hidden_layers: 1,
			num_attention_heads: 2,
			num_key_value_heads: 1,
			max_position_embeddings: 131_072,
		},
	});
	await importCheckpoint(join(root, "checkpoint"), join(root, "model"), {
		quantization: "fp32",
		contextLength: 2 * promptTokens,
		kvCache: {
			kind: "int8",
			measure: (model, sequences) => measureKvRanges(model, sequences, 1),
		},
	});
	const { graphPath, manifest } = await openModel(join(root, "model"));
	expect(manifest).toMatchObject({ contextLength: 2 * promptTokens, kvCache: "int8" });
	backend = await openOrtBackend({ graphPath, manifest, threads: 1 });
});
afterAll(async () => {
	await backend.dispose();
	await rm(root, { recursive: true });
});

function engine(): LocalEngine {
	return new LocalEngine({
		backend,
		vocabulary: fakeVocabulary,
		clock: systemClock,
		prefillChunkTokens: 512,
	});
}

test("a long prompt that is given up twice and interrupted once has the answer of one read in one go", async () => {
	const atOnce = await answerOf(engine(), { prompt, maxNewTokens: 6 });
	expect(atOnce.stats).toMatchObject({ reusedTokens: 0, prefilledTokens: promptTokens });

	const interrupted = engine();
	const read: number[] = [];
	for (const abortAt of [2500, 5000]) {
		const controller = new AbortController();
		const answer = await answerOf(
			interrupted,
			{ prompt, maxNewTokens: 6 },
			controller.signal,
			({ readTokens }) => {
				if (readTokens >= abortAt) {
					controller.abort();
				}
			},
		);
		expect(answer.finishReason).toBe("aborted");
		read.push(answer.stats.prefilledTokens);
	}
	let completion: Promise<{ ids: readonly number[] }> | undefined;
	const last = await answerOf(
		interrupted,
		{ prompt, maxNewTokens: 6, priority: "chat" },
		undefined,
		({ readTokens }) => {
			if (readTokens >= 6500) {
				completion ??= answerOf(interrupted, { prompt: someTokens(70, 8, 512), maxNewTokens: 4 });
			}
		},
	);
	expect((await completion)?.ids).toHaveLength(4);
	// Each abort was heeded after the pass that ran, and every token was read once.
	expect([...read, last.stats.prefilledTokens]).toEqual([2560, 2560, promptTokens - 5120]);
	expect(last.ids).toEqual(atOnce.ids);
});
