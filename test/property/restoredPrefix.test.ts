import path from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { patientClock } from "../support/patientClock.ts";
import type { Clock } from "../../src/base/clock.ts";
import type { Backend } from "../../src/engine/backend.ts";
import type { GenerateRequest } from "../../src/engine/engine.ts";
import { LocalEngine } from "../../src/engine/localEngine.ts";
import { openLocalEngine } from "../../src/engine/openLocalEngine.ts";
import type { TokenId } from "../../src/tokenizer/tokenizer.ts";
import { answerOf, someTokens, tokens, type Answer } from "../support/engineRequests.ts";
import { fakeVocabulary } from "../support/fakeEngine.ts";
import { bytesOf, contentOf, filledCache, openSaved } from "../support/snapshotFolder.ts";
import { TemporaryFolder } from "../support/temporaryFolder.ts";
import { importTinyModel, openBackend, type TinyModel } from "../support/tinyModel.ts";

/** How many tokens a pass has follows what passes took, and rounding follows that: where bits are compared, time stands still. */
const standingClock: Clock = { ...patientClock, now: () => 0 };

/** On the real runtime: a prefix from the disk is the prefix that was read, bit by bit. */
describe.each(["float32", "int8"] as const)("with a KV cache of %s", (kvCache) => {
	let model: TinyModel;
	let backend: Backend;

	beforeAll(async () => {
		model = await importTinyModel("int4", { shape: { max_position_embeddings: 2048 } }, kvCache);
		backend = await openBackend(model.folder);
	});
	afterAll(async () => {
		await backend.dispose();
		await model.remove();
	});

	const arbitraryTokens = (minLength: number): fc.Arbitrary<readonly TokenId[]> =>
		fc.array(fc.nat({ max: 500 }), { minLength, maxLength: 300 }).map((ids) => tokens(...ids));

	test("keys and values come back as they were, and the logits behind them are the same to the bit", async () => {
		await fc.assert(
			fc.asyncProperty(
				arbitraryTokens(2),
				arbitraryTokens(1),
				fc.nat(),
				fc.nat({ max: 600 }),
				async (prompt, tail, cut, spare) => {
					using folder = new TemporaryFolder();
					const length = 1 + (cut % prompt.length);
					const kv = await filledCache(backend, prompt);
					const saved = await openSaved(folder.path, backend);
					await saved.save(contentOf(kv, prompt.slice(0, length)), () => true);
					kv.rewindTo(length);

					const reopened = await openSaved(folder.path, backend);
					const [snapshot] = reopened.all;
					// Another capacity is another layout in memory.
					const restored = backend.createKvCache(length + spare);
					expect(snapshot && (await reopened.load(snapshot, restored))).toBeDefined();
					expect(bytesOf(backend, restored)).toEqual(bytesOf(backend, kv));

					const next = async (cache: typeof kv): Promise<Float32Array> => {
						cache.grow(length + tail.length);
						return (await backend.forward(cache, tail, 1)).row(0).slice();
					};
					expect(await next(restored)).toEqual(await next(kv));
					restored.dispose();
					kv.dispose();
				},
			),
			{ numRuns: 25, seed: 2026 },
		);
	});

	test("a window that is opened again reads what was typed since, with the answers of one that stayed open", async () => {
		using storage = new TemporaryFolder();
		const snapshotFolder = path.join(storage.path, "prefixes");
		const inAnEngine = async (
			folder: string | undefined,
			...asked: readonly Partial<GenerateRequest>[]
		): Promise<readonly Answer[]> => {
			const { engine } = await openLocalEngine({
				modelFolder: model.folder,
				threads: 1,
				snapshotFolder: folder,
				clock: standingClock,
			});
			const answers: Answer[] = [];
			for (const one of asked) {
				answers.push(await answerOf(engine, { mayPersist: true, maxNewTokens: 12, ...one }));
			}
			await engine.dispose();
			return answers;
		};
		const prompt = someTokens(1500, 0, 500);
		const typed = { prompt: [...prompt, ...tokens(7, 8, 9, 10)] };
		const [stayed, typedOn] = await inAnEngine(undefined, { prompt }, typed);
		const [first] = await inAnEngine(snapshotFolder, { prompt });
		expect(first?.tokens).toEqual(stayed?.tokens);
		expect(first?.stats.prefilledTokens).toBe(1500);

		// At the same place nothing is read; then a few keys, then another document, then back.
		const [same, onward] = await inAnEngine(snapshotFolder, { prompt }, typed, {
			prompt: someTokens(900, 5, 500),
		});
		expect(same).toMatchObject({ tokens: stayed?.tokens, stats: { prefilledTokens: 0 } });
		expect(onward).toMatchObject({ tokens: typedOn?.tokens, stats: { prefilledTokens: 4 } });

		const [again] = await inAnEngine(snapshotFolder, {
			prompt: [...typed.prompt, ...tokens(11, 12)],
		});
		expect(again?.stats.promptTokens).toBe(1506);
		expect(again?.stats.prefilledTokens).toBeLessThanOrEqual(64);
		expect(again?.stats.prefilledTokens).toBe(6);
	});
});

test("a snapshot that fits but holds no numbers fails one request, not the ones behind it", async () => {
	const model = await importTinyModel("int4", { shape: { max_position_embeddings: 512 } });
	using folder = new TemporaryFolder();
	const backend = await openBackend(model.folder);
	const prompt = someTokens(200, 0, 500);
	const poisoned = backend.createKvCache(200);
	poisoned.writePrefix(200, 0, new Uint8Array(backend.kvLayout.prefixBytes(200)).fill(0xff));
	poisoned.markFilled(200);
	const saved = await openSaved(folder.path, backend);
	await saved.save(contentOf(poisoned, prompt), () => true);
	const engine = new LocalEngine({
		backend,
		vocabulary: fakeVocabulary,
		clock: patientClock,
		saved,
	});
	const asked = { prompt: [...prompt, ...tokens(1)], maxNewTokens: 3 };
	await expect(answerOf(engine, asked)).rejects.toMatchObject({ code: "runtimeFailed" });
	expect((await answerOf(engine, asked)).stats.prefilledTokens).toBe(201);
	await engine.dispose();
	await model.remove();
});
