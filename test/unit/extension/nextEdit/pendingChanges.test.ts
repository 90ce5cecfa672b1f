import { expect, test } from "vitest";
import {
	maxPendingChanges,
	maxPendingUnits,
	PendingChanges,
	type ChangeEvent,
} from "../../../../src/extension/nextEdit/pendingChanges.ts";

function typed(text: string, atMs = 1): ChangeEvent {
	const place = { startLine: 0, startColumn: 0, endLine: 0, endColumn: 0 };
	return { changes: [{ ...place, text }], atMs, isUndo: false };
}

test("a text that was never read has to be; from then on changes do", () => {
	const pending = new PendingChanges();
	pending.note(typed("before"));
	expect(pending.take()).toBe("lost");
	expect(pending.take()).toEqual([]);
	pending.note(typed("a", 5));
	pending.note(typed("b", 6));
	expect(pending.take()).toEqual([typed("a", 5), typed("b", 6)]);
	expect(pending.take()).toEqual([]);
});

test.each<[string, () => ChangeEvent[]]>([
	["a paste of 5 MB", () => [typed("x".repeat(5_000_000))]],
	["many pastes", () => Array.from({ length: 3 }, () => typed("x".repeat(maxPendingUnits / 2)))],
	["10,000 edits", () => Array.from({ length: 10_000 }, () => typed("x"))],
])("%s are not kept: the text is read anew", (_what, events) => {
	const pending = new PendingChanges();
	pending.take();
	events().forEach((event) => pending.note(event));
	pending.note(typed("and more"));
	expect(pending.take()).toBe("lost");
	expect(pending.take()).toEqual([]);
});

test("as many as somebody types are kept", () => {
	const pending = new PendingChanges();
	pending.take();
	for (let i = 0; i < maxPendingChanges; i++) {
		pending.note(typed("x"));
	}
	expect(pending.take()).toHaveLength(maxPendingChanges);
});
