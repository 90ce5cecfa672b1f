import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SseEvents } from "../../../../src/languageModel/remote/sseEvents.ts";

/** The lengths of the pieces in which bytes come; they are used again from the first. */
const cuts = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 40 });

function cutUp(whole: Uint8Array, sizes: readonly number[]): readonly Uint8Array[] {
	const pieces: Uint8Array[] = [];
	let at = 0;
	for (let index = 0; at < whole.length; index++) {
		const size = sizes[index % sizes.length] ?? 1;
		pieces.push(whole.slice(at, at + size));
		at += size;
	}
	return pieces;
}

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
