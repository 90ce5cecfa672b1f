import { describe, expect, test } from "vitest";
import { HealingConstraint, healingSplit } from "../../../src/tokenizer/tokenHealing.ts";
import type { TokenId } from "../../../src/tokenizer/tokenizer.ts";
import { testTokenizer as tokenizer, textOf } from "../../support/testModel.ts";

const index = tokenizer.vocabulary;
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));
const constraintFor = (text: string): HealingConstraint =>
	HealingConstraint.forBytes(index, bytes(text));

describe("healingSplit", () => {
	const splitOf = (text: string): [string, string] => {
		const { kept, healBytes } = healingSplit(index, tokenizer.encode(text));
		return [textOf(kept), Buffer.from(healBytes).toString()];
	};

	test("cuts off a token that a longer one begins with", () => {
		expect(splitOf("\treturn val")).toEqual(["\treturn ", "val"]);
	});

	test("cuts off several tokens that together begin a longer one", () => {
		expect(tokenizer.encode("expor").length).toBeGreaterThan(1);
		expect(splitOf("}\nexpor")).toEqual(["}\n", "expor"]);
	});

	test("keeps everything where no longer token can start", () => {
		expect(splitOf("größe§")).toEqual(["größe§", ""]);
	});

	test("never cuts off a special token", () => {
		const middle = tokenizer.specialToken("<|fim_middle|>");
		const prefix = middle === undefined ? [] : [middle];
		expect(healingSplit(index, prefix)).toEqual({ kept: prefix, healBytes: new Uint8Array(0) });
		expect(healingSplit(index, [])).toEqual({ kept: [], healBytes: new Uint8Array(0) });
	});
});

test("typing forward appends to the kept tokens and seldom changes them", () => {
	const source = `export function areaOf(width: number): number {\n\treturn width * width;\n}\n`;
	let previous: readonly TokenId[] = [];
	const prefilled = Array.from(source, (_, typed) => {
		const { kept } = healingSplit(index, tokenizer.encode(source.slice(0, typed + 1)));
		const changed = kept.findIndex((token, i) => token !== previous[i]);
		previous = kept;
		return changed < 0 ? 0 : kept.length - changed;
	});
	expect(Math.max(...prefilled)).toBeLessThanOrEqual(3);
	expect(prefilled.filter((count) => count > 1).length).toBeLessThan(source.length / 10);
});

describe("HealingConstraint", () => {
	test("allows exactly the tokens that agree with the remaining bytes", () => {
		const everyToken = Array.from({ length: tokenizer.vocabularySize }, (_, id) => id as TokenId);
		for (const heal of ["r", "retur", "return ", "\n\t", "🙂", "zz", " "]) {
			const constraint = constraintFor(heal);
			const expected = everyToken.filter((id) => {
				const key = Buffer.from(tokenizer.bytesOf(id)).toString("latin1");
				const remaining = Buffer.from(heal).toString("latin1");
				return key !== "" && (key.startsWith(remaining) || remaining.startsWith(key));
			});
			expect([...constraint.allowedTokens()].sort((a, b) => a - b)).toEqual(expected);
			expect(everyToken.filter((id) => constraint.allows(id))).toEqual(expected);
		}
	});

	test("is satisfied by a token that goes on past the bytes", () => {
		const [token] = tokenizer.encode("return ");
		const after = token === undefined ? undefined : constraintFor("ret").after(token);
		expect(after?.isSatisfied).toBe(true);
	});

	test("keeps the bytes that a shorter token has not written", () => {
		const [r] = tokenizer.encode("r");
		const after = r === undefined ? undefined : constraintFor("re").after(r);
		const following = after?.allowedTokens().map((id) => textOf([id])) ?? [];
		expect(following).toContain("e");
		expect(following.every((text) => text.startsWith("e"))).toBe(true);
	});

	test("asserts that a chosen token was allowed", () => {
		const [token] = tokenizer.encode("x");
		expect(() => token !== undefined && constraintFor("re").after(token)).toThrow("contradicts");
	});

	test("is satisfied from the start when there is nothing to heal", () => {
		const constraint = constraintFor("");
		expect(constraint.isSatisfied).toBe(true);
		expect(constraint.allows(0 as TokenId)).toBe(true);
	});
});
