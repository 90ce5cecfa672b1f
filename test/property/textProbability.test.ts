import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tokenSpread, type TokenSpread } from "../../src/engine/sampling/tokenSpread.ts";
import { TextProbability } from "../../src/engine/textProbability.ts";
import type { TokenId } from "../../src/tokenizer/tokenizer.ts";
import { VocabularyIndex, vocabularyTable } from "../../src/tokenizer/vocabularyIndex.ts";

const encoder = new TextEncoder();

/** Tokens are known by their text; what can't be chosen has no probability. */
type Distribution = Readonly<Record<string, number>>;

interface Step {
	readonly chosen: string;
	readonly distribution: Distribution;
}

/** The probabilities of the answer's text, byte by byte over all steps. */
function probabilities(steps: readonly Step[], healed = ""): readonly (readonly number[])[] {
	const text = new TextProbability(encoder.encode(healed).length);
	return steps.map((step) => {
		const spread = spreadOf(step);
		const told = text.of(spread);
		text.append(spread);
		return told;
	});
}

function spreadOf({ chosen, distribution }: Step): TokenSpread {
	const texts = Object.keys(distribution);
	const vocabulary = new VocabularyIndex(
		vocabularyTable(texts.map((text) => encoder.encode(text))),
	);
	const weightOf = (id: TokenId): number => 7 * (distribution[texts[id] ?? ""] ?? 0);
	const id = texts.indexOf(chosen) as TokenId;
	return tokenSpread(vocabulary, id, distribution[chosen] ?? NaN, weightOf, undefined);
}

function check(steps: readonly Step[], expected: readonly number[], healed = ""): void {
	const told = probabilities(steps, healed).flat();
	expect(told).toHaveLength(expected.length);
	for (const [at, probability] of expected.entries()) {
		expect(told[at]).toBeCloseTo(probability, 10);
	}
}

describe("the text of an answer", () => {
	test("is as likely as all tokens together that begin with it", () => {
		const distribution = { "er,": 0.5, "er;": 0.2, er: 0.1, e: 0.05, x: 0.15 };
		check([{ chosen: "er,", distribution }], [0.85, 0.8, 0.5]);
	});

	test("counts a token that was passed over for as long as the text is the token's", () => {
		check(
			[
				{ chosen: "er", distribution: { er: 0.4, "er,": 0.35, "er;": 0.25 } },
				{ chosen: ",", distribution: { ",": 0.5, "(": 0.5 } },
			],
			[1, 1, 0.4 * 0.5 + 0.35],
		);
	});

	test("goes on as likely from where a token that was passed over ends", () => {
		check(
			[
				{ chosen: "er", distribution: { er: 0.6, "er,": 0.4 } },
				{ chosen: ",", distribution: { ",": 0.5, "(": 0.5 } },
				{ chosen: "b", distribution: { b: 0.9, c: 0.1 } },
			],
			[1, 1, 0.7, 0.7 * 0.9],
		);
	});

	test("goes on as likely where such a token ends within the next one", () => {
		check(
			[
				{ chosen: "er", distribution: { er: 0.6, "er,": 0.4 } },
				{ chosen: ", b", distribution: { ", b": 0.4, ",": 0.1, "(": 0.5 } },
			],
			[1, 1, 0.6 * 0.5 + 0.4, (0.6 + 0.4 / 0.5) * 0.4, (0.6 + 0.4 / 0.5) * 0.4],
		);
	});

	test("is certain as far as it heals, however that is cut", () => {
		check(
			[
				{ chosen: "co", distribution: { co: 0.5, con: 0.2, "cons(": 0.2, console: 0.1 } },
				{ chosen: "ns", distribution: { ns: 0.8, x: 0.2 } },
				{ chosen: "(", distribution: { "(": 0.75, ".": 0.25 } },
			],
			// After "con" an "s" is as certain as within "ns", so 0.5 × 0.8 + 0.2 end where healing does, of 0.9 that come so far.
			[1, 1, 1, 1, (0.6 * 0.75 + 0.2) / 0.9],
			"cons",
		);
	});
});

test("what heals against all odds is certain, and nothing behind it likely", () => {
	const told = probabilities(
		[
			{ chosen: "a", distribution: { a: 1e-200, ab: 0 } },
			{ chosen: "b", distribution: { b: 1e-200, c: 1 } },
			{ chosen: "c", distribution: { c: 1 } },
		],
		"ab",
	);
	expect(told).toEqual([[1], [1], [0]]);
	expect(probabilities([{ chosen: "a", distribution: { a: 0, b: 0 } }])).toEqual([[0]]);
});

/** A model whose next token depends on the length of the text alone, over all texts of up to three letters. */
const arbitraryModel = fc.array(
	fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 14, maxLength: 14 }).map((weights) => {
		const sum = weights.reduce((all, weight) => all + weight, 0);
		const texts = ["a", "b"].flatMap((x) => [x, `${x}a`, `${x}b`]);
		const longer = texts.filter(({ length }) => length === 2).flatMap((x) => [`${x}a`, `${x}b`]);
		return Object.fromEntries(
			[...texts, ...longer].map((text, i) => [text, (weights[i] ?? 0) / sum]),
		);
	}),
	{ minLength: 8, maxLength: 8 },
);

/** Of texts that begin with `text`, in all ways to write them. */
function exactProbability(model: readonly Distribution[], text: string): number {
	const reached = [1];
	let through = 0;
	for (let at = 0; at < text.length; at++) {
		for (const [token, probability] of Object.entries(model[at] ?? {})) {
			const rest = text.slice(at);
			const mass = (reached[at] ?? 0) * probability;
			if (token.startsWith(rest)) {
				through += mass;
			} else if (rest.startsWith(token)) {
				reached[at + token.length] = (reached[at + token.length] ?? 0) + mass;
			}
		}
	}
	return through;
}

test("a text of one-letter tokens is as likely as all ways to write it", () => {
	fc.assert(
		fc.property(arbitraryModel, fc.stringMatching(/^[ab]{1,8}$/), (model, text) => {
			const steps = Array.from(text, (chosen, at) => ({ chosen, distribution: model[at] ?? {} }));
			const told = probabilities(steps).flat();
			for (const [at, probability] of told.entries()) {
				const exact = exactProbability(model, text.slice(0, at + 1));
				// Ways of less than 0.001 are let go, a few at each step.
				expect(probability).toBeLessThanOrEqual(exact + 1e-9);
				expect(probability).toBeGreaterThan(exact - 0.001 * 6 * (at + 1));
			}
		}),
	);
});

test("a text never becomes likelier as it goes on, and is no less likely than the chosen tokens", () => {
	fc.assert(
		fc.property(
			arbitraryModel,
			fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 8 }),
			fc.stringMatching(/^[ab]{0,3}$/),
			(model, choices, healed) => {
				const steps: Step[] = [];
				let written = "";
				for (const choice of choices) {
					const distribution = model[steps.length] ?? {};
					const fits = Object.keys(distribution).filter(
						(text) =>
							healed.slice(written.length).startsWith(text) ||
							text.startsWith(healed.slice(written.length)),
					);
					const chosen = fits[choice % fits.length] ?? "";
					const allowed = fits.reduce((sum, text) => sum + (distribution[text] ?? 0), 0);
					steps.push({
						chosen,
						distribution: Object.fromEntries(
							fits.map((text) => [text, (distribution[text] ?? 0) / allowed]),
						),
					});
					written += chosen;
				}
				const told = probabilities(steps, healed);
				let joint = 1;
				let before = 1;
				for (const [at, { chosen, distribution }] of steps.entries()) {
					joint *= distribution[chosen] ?? 0;
					for (const probability of told[at] ?? []) {
						expect(probability).toBeLessThanOrEqual(before);
						before = probability;
					}
					expect(before).toBeGreaterThanOrEqual(joint * (1 - 1e-9));
				}
				expect(told.flat().slice(0, healed.length)).toEqual(
					Array.from({ length: Math.min(healed.length, written.length) }, () => 1),
				);
			},
		),
	);
});
