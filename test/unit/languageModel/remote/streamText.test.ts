import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { retryAfter } from "../../../../src/languageModel/remote/faults.ts";
import { ProbabilityFloor } from "../../../../src/languageModel/remote/probabilityFloor.ts";
import { parseServerAddress } from "../../../../src/languageModel/remote/serverAddress.ts";
import { SseEvents } from "../../../../src/languageModel/remote/sseEvents.ts";
import { StopScanner } from "../../../../src/languageModel/remote/stopScanner.ts";
import { faultIn } from "./openServer.ts";

const cuts = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 40 });

function cutUp<T extends { slice(from: number, to: number): T; readonly length: number }>(
	whole: T,
	sizes: readonly number[],
): readonly T[] {
	const pieces: T[] = [];
	let at = 0;
	for (let index = 0; at < whole.length; index++) {
		const size = sizes[index % sizes.length] ?? 1;
		pieces.push(whole.slice(at, at + size));
		at += size;
	}
	return pieces;
}

describe("a text with stop strings", () => {
	const text = fc.string({ unit: fc.constantFrom("a", "b", "🙂", "<", ">"), maxLength: 30 });
	const stop = fc.string({
		unit: fc.constantFrom("a", "b", "🙂", "<"),
		minLength: 1,
		maxLength: 4,
	});

	test("ends before the one that is complete first, wherever it is cut", () => {
		fc.assert(
			fc.property(text, fc.array(stop, { maxLength: 5 }), cuts, (whole, stops, sizes) => {
				const scanner = new StopScanner(stops);
				let heard = "";
				let hasStopped = false;
				for (const piece of cutUp(whole, sizes)) {
					const scanned = scanner.push(piece);
					expect(scanned.text.isWellFormed()).toBe(true);
					heard += scanned.text;
					if (scanned.hasStopped) {
						hasStopped = true;
						break;
					}
				}
				const [first] = stops
					.map((each) => ({ start: whole.indexOf(each), end: whole.indexOf(each) + each.length }))
					.filter(({ start }) => start >= 0)
					.sort((a, b) => a.end - b.end || a.start - b.start);
				expect(hasStopped).toBe(first !== undefined);
				expect(hasStopped ? heard : heard + scanner.flush()).toBe(whole.slice(0, first?.start));
			}),
		);
	});
});

describe("a stream of events", () => {
	const eventText = fc.string({
		unit: fc.constantFrom("d", "é", "🙂", ":", " "),
		minLength: 1,
		maxLength: 12,
	});
	const breaks = fc.constantFrom("\n", "\r\n", "\r");

	test("is the same events, however its bytes are cut and its lines end", () => {
		fc.assert(
			fc.property(fc.array(fc.tuple(eventText, breaks), { maxLength: 8 }), cuts, (all, sizes) => {
				const bytes = new TextEncoder().encode(
					all.map(([text, lineEnd]) => `data: ${text}${lineEnd}id: 1${lineEnd}${lineEnd}`).join(""),
				);
				const events = new SseEvents(1000);
				const found = cutUp(bytes, sizes).flatMap((chunk) => {
					const ready = events.push(chunk);
					expect(ready).not.toBe("tooLong");
					return ready === "tooLong" ? [] : [...ready];
				});
				const decoder = new TextDecoder();
				expect(found.map((event) => decoder.decode(event))).toEqual(
					all.map(([text]) => `data: ${text}\nid: 1\n\n\n`),
				);
				expect(events.flush()).toBeUndefined();
			}),
		);
	});

	test("may have an event of the largest size, and none larger", () => {
		const events = new SseEvents(8);
		expect(events.push(new TextEncoder().encode("1234567\n\n"))).toHaveLength(1);
		expect(events.push(new TextEncoder().encode("123456789"))).toBe("tooLong");
	});
});

describe("the floor of an answer's probability", () => {
	const chunk = (...logs: readonly number[]): Parameters<ProbabilityFloor["admit"]>[0] => ({
		text: "x".repeat(logs.length),
		tokens: logs.map((logProbability) => ({ text: "x", logProbability })),
		end: undefined,
		usage: undefined,
	});

	test("is never crossed by what was admitted", () => {
		const logs = fc.array(fc.double({ min: -3, max: 0, noNaN: true }), { maxLength: 4 });
		fc.assert(
			fc.property(fc.array(logs), fc.double({ min: 0, max: 1, noNaN: true }), (chunks, least) => {
				const floor = new ProbabilityFloor(least);
				let sum = 0;
				for (const each of chunks) {
					const admitted = floor.admit(chunk(...each));
					sum += admitted.logProbability ?? 0;
					expect(admitted.hasEnded).toBe(admitted.text.length < each.length);
					if (admitted.hasEnded) {
						break;
					}
				}
				expect(Math.exp(sum)).toBeGreaterThanOrEqual(least - 1e-9);
			}),
		);
	});

	test("drops a chunk whose tokens don't spell its text", () => {
		const floor = new ProbabilityFloor(0.9);
		const tokens = [
			{ text: "\ufffd", logProbability: -0.01 },
			{ text: "\ufffd", logProbability: -5 },
		];
		expect(floor.admit({ ...chunk(), text: "é", tokens })).toMatchObject({
			text: "",
			hasEnded: true,
		});
	});
});

describe("a server's address", () => {
	test.each([
		["http://127.0.0.1:8000", "http://127.0.0.1:8000/v1", "http://127.0.0.1:8000"],
		[" https://models.example/v1/ ", "https://models.example/v1", "https://models.example"],
		["https://host/openai/v1", "https://host/openai/v1", "https://host/openai"],
		["https://host/api", "https://host/api", "https://host/api"],
	])("%s has its protocol at %s", (text, base, root) => {
		expect(parseServerAddress(text)).toMatchObject({ base, root });
	});

	test.each([
		"",
		"models",
		"ftp://host",
		"http://me:secret@host",
		"http://host/?key=secret",
		"http://h/#k",
	])("%j is refused with a sentence that doesn't repeat it", async (text) => {
		const fault = await faultIn(Promise.resolve().then(() => parseServerAddress(text)));
		expect(fault.code).toBe("serverMisconfigured");
		expect(fault.message).not.toContain("secret");
	});

	test.each([
		["http://localhost:8000", false],
		["http://127.1.2.3:8000", false],
		["http://[::1]:8000", false],
		["https://models.example", false],
		["http://models.example", true],
		["http://192.168.1.5:8000", true],
		["http://127.0.0.1.example", true],
	])("%s warns: %s", (text, warns) => {
		expect(parseServerAddress(text).warning !== undefined).toBe(warns);
	});
});

test.each([
	[{ "retry-after": "3" }, 3000],
	[{ "retry-after": "0.5" }, 500],
	[{ "retry-after-ms": "250", "retry-after": "3" }, 250],
	[{ "retry-after": "Thu, 01 Jan 1970 00:00:00 GMT" }, 0],
	[{ "retry-after": "soon" }, undefined],
	[{ "retry-after": "" }, undefined],
	[{}, undefined],
])("%j asks for a pause of %s ms", (headers, ms) => {
	expect(retryAfter(new Headers(headers))).toBe(ms);
});
