import { describe, expect, test } from "vitest";
import * as z from "zod";
import {
	firstProblem,
	foreignList,
	foreignRecord,
	parseForeignJson,
} from "../../../src/base/foreignJson.ts";

describe("JSON of somebody else", () => {
	test("is taken as JSON.parse takes it, brackets in texts included", () => {
		for (const value of [{ a: [1, { b: null }] }, `${"[".repeat(1000)}"\\`, ["\\", "{"], 0]) {
			expect(parseForeignJson(JSON.stringify(value))).toEqual({ kind: "json", value });
		}
	});

	const refused: Readonly<Record<string, readonly [text: string, part: string]>> = {
		"what isn't JSON": ["{", "is not JSON"],
		"a million levels": ["[".repeat(1_000_000), "more than 64 levels"],
		"levels behind a text with a quote in it": [
			`["\\"",${"[".repeat(64)}${"]".repeat(65)}`,
			"more than 64 levels",
		],
		"more lists than any file needs": [`[${"[],".repeat(3_000_000)}0]`, "more than 3000000 lists"],
	};
	test.each(Object.entries(refused))("is refused where it is %s", (_, [text, part]) => {
		expect(parseForeignJson(text)).toMatchObject({
			kind: "invalid",
			problem: expect.stringContaining(part) as unknown,
		});
	});
});

/** Counts what is looked at. */
function countingSchema(): { readonly schema: z.ZodType; readonly seen: () => number } {
	let count = 0;
	const schema = z.unknown().refine((value) => {
		count++;
		return value === "sound";
	});
	return { schema, seen: () => count };
}

const problemOf = (schema: z.ZodType, value: unknown): string => {
	const result = schema.safeParse(value);
	return result.success ? "none" : firstProblem(result.error);
};

describe("lists and records of somebody else", () => {
	test("are looked at until the first wrong entry", () => {
		const entries = ["sound", "wrong", "wrong", "sound"];
		const [inList, inRecord] = [countingSchema(), countingSchema()];
		expect(problemOf(foreignList(inList.schema, 9), entries)).toContain("at [1]");
		expect(
			problemOf(foreignRecord(inRecord.schema, 9), Object.fromEntries(entries.entries())),
		).toContain("at 1");
		expect([inList.seen(), inRecord.seen()]).toEqual([2, 2]);
	});

	test("aren't looked at where there are too many entries", () => {
		const { schema, seen } = countingSchema();
		const entries = new Array<string>(10).fill("sound");
		expect(problemOf(foreignList(schema, 9), entries)).toContain("at most 9");
		expect(problemOf(foreignRecord(schema, 9), Object.fromEntries(entries.entries()))).toContain(
			"at most 9",
		);
		expect(seen()).toBe(0);
	});

	test("are named with their place", () => {
		const schema = z.object({ a: foreignList(z.object({ b: z.int() }), 9) });
		expect(problemOf(schema, { a: [{ b: 1 }, { b: "x" }] })).toContain("at a[1].b");
	});

	test("are only lists and records", () => {
		for (const value of [undefined, null, "x", 1]) {
			expect(problemOf(foreignList(z.unknown(), 9), value)).toContain("expected an array");
			expect(problemOf(foreignRecord(z.unknown(), 9), value)).toContain("expected an object");
		}
		expect(problemOf(foreignRecord(z.unknown(), 9), [])).toContain("expected an object");
	});

	test("have names that mean nothing", () => {
		const value: unknown = JSON.parse('{"__proto__":1,"constructor":2}');
		const parsed = foreignRecord(z.int(), 9).parse(value);
		expect(Object.entries(parsed)).toEqual([
			["__proto__", 1],
			["constructor", 2],
		]);
		expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
	});
});

test("the first problem fits a sentence, however long the name of its place is", () => {
	const schema = z.record(z.string(), z.int());
	const problem = problemOf(schema, { ["x\n".repeat(100_000)]: "", y: "" });
	expect(problem).toMatch(/^[^\n]{20,300}$/);
});
