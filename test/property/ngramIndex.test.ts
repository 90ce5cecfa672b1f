import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LiveText } from "../../src/adaptation/liveText.ts";
import type { NgramCounts } from "../../src/adaptation/ngramCounts.ts";
import { NgramIndex } from "../../src/adaptation/ngramIndex.ts";
import { openNgramIndex, serializeNgramIndex } from "../../src/adaptation/ngramIndexFile.ts";
import { tokens } from "../support/engineRequests.ts";
import { NaiveNgramCounts } from "../support/naiveNgramCounts.ts";
import { plain } from "../support/plainSuccessors.ts";

const vocabularySize = 24;
const maxBytes = 50_000_000;

/** Few different tokens make repetitions; long texts cross the bounds of histograms and of immediate counting. */
const arbitraryText = fc.oneof(
	{ weight: 6, arbitrary: fc.array(fc.nat({ max: 3 }), { maxLength: 40 }) },
	{ weight: 2, arbitrary: fc.array(fc.nat({ max: vocabularySize - 1 }), { maxLength: 200 }) },
	{
		weight: 2,
		arbitrary: fc
			.tuple(fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 30 }), fc.nat({ max: 90 }))
			.map(([part, times]) => Array.from({ length: times }, () => part).flat()),
	},
);

const arbitraryKey = fc.constantFrom("a.ts", "b.ts", "c.ts", "d.ts");

/** What a caller may do. An edit keeps most of what is there, as a keystroke does. */
const arbitraryStep = fc.oneof(
	fc.record({ kind: fc.constant("put"), key: arbitraryKey, text: arbitraryText }),
	fc.record({
		kind: fc.constant("edit"),
		key: arbitraryKey,
		at: fc.nat(),
		drop: fc.nat({ max: 3 }),
		text: fc.array(fc.nat({ max: 5 }), { maxLength: 3 }),
	}),
	fc.record({ kind: fc.constant("remove"), key: arbitraryKey }),
	fc.record({ kind: fc.constant("work"), slices: fc.nat({ max: 30 }) }),
);
type Step = typeof arbitraryStep extends fc.Arbitrary<infer T> ? T : never;

const arbitrarySteps = fc.array(arbitraryStep, { maxLength: 25 });

/** Every look at the clock is a millisecond later, so that work for 1 ms is one slice. */
function tickingClock(): { now: () => number } {
	let time = 0;
	return { now: () => time++ };
}

class Repository {
	readonly index: NgramIndex;
	readonly texts = new Map<string, readonly number[]>();

	constructor(bytes = maxBytes) {
		this.index = new NgramIndex({ vocabularySize, maxBytes: bytes, clock: tickingClock() });
	}

	run(step: Step): void {
		if (step.kind === "work") {
			for (let i = 0; i < step.slices; i++) {
				this.index.work(1);
			}
		} else if (step.kind === "remove") {
			this.index.removeFile(step.key);
			this.texts.delete(step.key);
		} else {
			this.#put(step.key, step.kind === "put" ? step.text : this.#edited(step));
		}
	}

	settled(): NgramIndex {
		while (this.index.work(1)) {
			// Until nothing is left to do.
		}
		return this.index;
	}

	#edited(step: Extract<Step, { kind: "edit" }>): readonly number[] {
		const text = this.texts.get(step.key) ?? [];
		return text.toSpliced(step.at % (text.length + 1), step.drop, ...step.text);
	}

	#put(key: string, text: readonly number[]): void {
		this.index.putFile(key, text, `${key}:${text.length}`);
		this.texts.set(key, text);
	}
}

/** Contexts worth asking for: everywhere in the texts, and some that nobody wrote. */
function contextsOf(texts: readonly (readonly number[])[]): readonly (readonly number[])[] {
	const contexts: (readonly number[])[] = [[], [0], [1, 0, 1]];
	for (const text of texts) {
		for (let end = 1; end <= text.length; end += Math.max(1, Math.floor(text.length / 12))) {
			contexts.push(text.slice(Math.max(0, end - 9), end));
		}
	}
	return contexts;
}

function expectCounts(counts: NgramCounts, texts: readonly (readonly number[])[]): void {
	const expected = new NaiveNgramCounts(texts.map((text) => tokens(...text)));
	for (const context of contextsOf(texts)) {
		const asked = tokens(...context);
		expect(plain(counts.successors(asked))).toEqual(plain(expected.successors(asked)));
	}
}

describe("an n-gram index", () => {
	test("counts what its files hold, after any edits and with work at any time", () => {
		fc.assert(
			fc.property(arbitrarySteps, (steps) => {
				const repository = new Repository();
				for (const step of steps) {
					repository.run(step);
				}
				const texts = [...repository.texts.values()];
				expectCounts(repository.settled(), texts);
				const { files, tokens: count, pendingFiles } = repository.index.statistics();
				expect({ files, count, pendingFiles }).toEqual({
					files: texts.length,
					count: texts.flat().length,
					pendingFiles: 0,
				});
			}),
			{ numRuns: 300 },
		);
	});

	test("counts each file in its old version or in its new one while there is work left", () => {
		fc.assert(
			fc.property(arbitrarySteps, (steps) => {
				const repository = new Repository();
				for (const step of steps) {
					repository.run(step);
					const counted = repository.index.contents().files;
					expectCounts(
						repository.index,
						counted.map(([, { tokens: text }]) => Array.from(text)),
					);
				}
			}),
			{ numRuns: 60 },
		);
	});

	test("is empty after all files are removed", () => {
		fc.assert(
			fc.property(arbitrarySteps, (steps) => {
				const repository = new Repository();
				const unused = repository.index.statistics().bytes;
				for (const step of steps) {
					repository.run(step);
				}
				for (const key of repository.texts.keys()) {
					repository.index.removeFile(key);
				}
				const index = repository.settled();
				expect(index.contents()).toEqual({ files: [], segments: [] });
				expect(index.statistics()).toMatchObject({ files: 0, tokens: 0, segments: 0 });
				expect(index.statistics().bytes).toBeLessThan(unused + 100_000);
			}),
			{ numRuns: 100 },
		);
	});

	test("without a file counts as one that never had it, whatever is pending", () => {
		fc.assert(
			fc.property(arbitrarySteps, arbitraryKey, (steps, left) => {
				const repository = new Repository();
				const without = repository.index.without(left);
				const check = (): void => {
					const others = repository.index.contents().files.filter(([key]) => key !== left);
					const texts = others.map(([, { tokens: text }]) => Array.from(text));
					expectCounts(without, texts);
				};
				for (const step of steps) {
					repository.run(step);
				}
				check();
				repository.settled();
				check();
			}),
			{ numRuns: 150 },
		);
	});

	test("stays within its memory and counts the files that are left", () => {
		fc.assert(
			fc.property(arbitrarySteps, fc.integer({ min: 1_000, max: 120_000 }), (steps, bound) => {
				// Below what an empty index takes nothing can be kept.
				const bytes = bound + new Repository().index.statistics().bytes;
				const repository = new Repository(bytes);
				for (const step of steps) {
					repository.run(step);
					expect(repository.index.statistics().bytes).toBeLessThanOrEqual(bytes);
				}
				const index = repository.settled();
				expect(index.statistics().bytes).toBeLessThanOrEqual(bytes);
				const left = index.contents().files;
				expectCounts(
					index,
					left.map(([, { tokens: text }]) => Array.from(text)),
				);
				for (const [key, { tokens: text }] of left) {
					expect(Array.from(text)).toEqual(repository.texts.get(key));
				}
			}),
			{ numRuns: 200 },
		);
	});

	test("comes back from its bytes as it was saved, and goes on from there", () => {
		fc.assert(
			fc.property(arbitrarySteps, arbitrarySteps, (before, after) => {
				const repository = new Repository();
				for (const step of before) {
					repository.run(step);
				}
				repository.settled();
				const bytes = Buffer.concat(serializeNgramIndex(repository.index, "vocabulary 1"));
				const opened = openNgramIndex(bytes, {
					vocabulary: "vocabulary 1",
					vocabularySize,
					maxBytes,
				});
				if (opened.kind !== "opened") {
					throw new Error(opened.problem);
				}
				expectCounts(opened.index, [...repository.texts.values()]);
				expect(opened.index.statistics().files).toBe(repository.texts.size);
				const copy = Object.assign(new Repository(), {
					index: opened.index,
					texts: repository.texts,
				});
				for (const step of after) {
					copy.run(step);
				}
				expectCounts(copy.settled(), [...copy.texts.values()]);
			}),
			{ numRuns: 80 },
		);
	});

	test("refuses bytes of which any was changed, dropped or added", () => {
		const repository = new Repository();
		repository.index.putFile("a.ts", [1, 2, 3, 1, 2, 3, 1, 2]);
		const saved = Buffer.concat(serializeNgramIndex(repository.settled(), "vocabulary 1"));
		const damage = fc.oneof(
			fc.record({ at: fc.nat({ max: saved.length - 1 }), flip: fc.integer({ min: 1, max: 255 }) }),
			fc.record({ keep: fc.nat({ max: saved.length - 1 }) }),
			fc.record({ add: fc.uint8Array({ minLength: 1, maxLength: 20 }) }),
		);
		fc.assert(
			fc.property(damage, (what) => {
				let bytes = Buffer.from(saved);
				if ("at" in what) {
					bytes.writeUInt8(bytes.readUInt8(what.at) ^ what.flip, what.at);
				} else {
					bytes = "keep" in what ? bytes.subarray(0, what.keep) : Buffer.concat([bytes, what.add]);
				}
				const opened = openNgramIndex(bytes, {
					vocabulary: "vocabulary 1",
					vocabularySize,
					maxBytes,
				});
				expect(opened.kind).not.toBe("opened");
			}),
			{ numRuns: 500 },
		);
	});
});

describe("live text", () => {
	test("counts what stands before and what stands after the cursor, and nothing across it", () => {
		const arbitraryView = fc.record({
			text: arbitraryText,
			cursor: fc.nat(),
			hidden: fc.nat({ max: 4 }),
		});
		fc.assert(
			fc.property(fc.array(arbitraryView, { minLength: 1, maxLength: 6 }), (views) => {
				const live = new LiveText(vocabularySize);
				for (const { text, cursor, hidden } of views) {
					const at = cursor % (text.length + 1);
					const parts = [text.slice(0, at), text.slice(at + hidden)] as const;
					live.update(...parts);
					expectCounts(live, parts);
				}
			}),
			{ numRuns: 150 },
		);
	});
});
