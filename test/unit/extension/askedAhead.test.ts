import { expect, test } from "vitest";
import type { CompletionOutcome } from "../../../src/completion/completionProvider.ts";
import { AskedAhead, type AskedPlace } from "../../../src/extension/askedAhead.ts";

const silence: CompletionOutcome = { kind: "none", reason: "emptyResult" };
const document = {};

function placeAt(version: number, offset = version): AskedPlace<object> {
	return { document, version, offset };
}

function bench() {
	const ahead = new AskedAhead<object>();
	const signals: AbortSignal[] = [];
	const ask = (place: AskedPlace<object>): void =>
		ahead.ask(place, () => {
			const controller = new AbortController();
			signals.push(controller.signal);
			return { controller, outcome: Promise.resolve(silence) };
		});
	const aborted = () => signals.map((signal) => signal.aborted);
	return { ahead, ask, aborted };
}

test("the editor gets what was asked about the same place of the same version, once", async () => {
	const { ahead, ask, aborted } = bench();
	ask(placeAt(1));
	const question = ahead.claim(placeAt(1));
	expect(await question?.outcome).toBe(silence);
	expect(ahead.claim(placeAt(1))).toBeUndefined();
	expect(aborted()).toEqual([false]);
	question?.controller.abort();
	expect(aborted()).toEqual([true]);
});

test.each([
	["another version", placeAt(2, 1)],
	["another place", placeAt(1, 2)],
	["another document", { ...placeAt(1), document: {} }],
])("a question about %s ends what was asked", (_, place) => {
	const { ahead, ask, aborted } = bench();
	ask(placeAt(1));
	expect(ahead.claim(place)).toBeUndefined();
	expect(aborted()).toEqual([true]);
});

test("the next key ends what the editor hasn't taken, and leaves what it has", () => {
	const { ahead, ask, aborted } = bench();
	ask(placeAt(1));
	ask(placeAt(2));
	ahead.claim(placeAt(2));
	ask(placeAt(3));
	expect(aborted()).toEqual([true, false, false]);
});

test("nothing is asked any more while the editor doesn't ask, and again when it does", () => {
	const { ahead, ask, aborted } = bench();
	for (let version = 1; version <= 5; version++) {
		ask(placeAt(version));
	}
	expect(aborted()).toEqual([true, true, true]);
	ahead.claim(placeAt(5));
	ask(placeAt(6));
	expect(aborted()).toEqual([true, true, true, false]);
});

test("nothing to ask is no question that the editor left alone", () => {
	const { ahead, ask, aborted } = bench();
	for (let version = 1; version <= 5; version++) {
		ahead.ask(placeAt(version), () => undefined);
	}
	ask(placeAt(6));
	expect(aborted()).toEqual([false]);
	ahead.end();
	expect(aborted()).toEqual([true]);
});
