import { expect, test } from "vitest";
import { once } from "../../../src/base/once.ts";

test("what is made once is made when it is asked for, and kept", () => {
	const made: object[] = [];
	const get = once(() => {
		made.push({});
		return made.at(-1);
	});
	expect(made).toHaveLength(0);
	expect(get()).toBe(get());
	expect(made).toHaveLength(1);
});

test("nothing is a value too", () => {
	let calls = 0;
	const get = once(() => {
		calls++;
		return undefined;
	});
	get();
	get();
	expect(calls).toBe(1);
});

test("what could not be made is tried again", () => {
	let calls = 0;
	const get = once(() => {
		if (calls++ === 0) {
			throw new Error("not yet");
		}
		return calls;
	});
	expect(get).toThrow("not yet");
	expect(get()).toBe(2);
});
