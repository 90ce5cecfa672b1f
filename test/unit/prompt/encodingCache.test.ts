import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { rememberEncodings } from "../../../src/prompt/encodingCache.ts";
import { testTokenizer } from "../../support/testModel.ts";

setFlagsFromString("--expose-gc");

function heapBytes(): number {
	runInNewContext("gc()");
	return process.memoryUsage().heapUsed;
}

test("a text that comes again is encoded once, whichever string it comes in", () => {
	let encoded = 0;
	const encode = rememberEncodings({
		...testTokenizer,
		encode: (text) => {
			encoded++;
			return testTokenizer.encode(text);
		},
	});
	const document = "const a = 1;\n".repeat(10);
	expect(encode(document.slice(0, 39))).toEqual(encode("const a = 1;\n".repeat(3)));
	expect(encoded).toBe(1);
});

test("texts that weren't used for longest make room, by number and by length", () => {
	const encoded: string[] = [];
	const encode = rememberEncodings({
		...testTokenizer,
		encode: (text) => {
			encoded.push(text.slice(0, 5));
			return [];
		},
	});
	const long = (name: string): string => name.padEnd(1_500_000, "-");
	for (const name of ["one", "two", "one", "three", "one", "two"]) {
		encode(long(name));
	}
	expect(encoded).toEqual(["one--", "two--", "three", "two--"]);
	for (let index = 0; index < 256; index++) {
		encode(`${index}`);
	}
	encode("0");
	encode("two");
	expect(encoded.slice(-2)).toEqual(["255", "two"]);
});

test("what is remembered of a document doesn't keep its versions in memory", () => {
	const encode = rememberEncodings({ ...testTokenizer, encode: () => [] });
	const before = heapBytes();
	for (let version = 0; version < 100; version++) {
		const document = Buffer.alloc(500_000, `line ${version}\n`).toString();
		encode(document.slice(0, 400));
	}
	// All versions together are 50 MB.
	expect(heapBytes() - before).toBeLessThan(10_000_000);
});
