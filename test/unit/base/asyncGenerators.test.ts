import { expect, test } from "vitest";
import { mapped } from "../../../src/base/asyncGenerators.ts";

async function* counting(log: string[]): AsyncGenerator<number, string, void> {
	try {
		yield await Promise.resolve(1);
		yield 2;
		return "over";
	} finally {
		log.push("left");
	}
}

test("every item is changed, and what the generator returns is kept", async () => {
	const stream = mapped(counting([]), (item) => `#${item}`);
	expect(await stream.next()).toEqual({ done: false, value: "#1" });
	expect(await stream.next()).toEqual({ done: false, value: "#2" });
	expect(await stream.next()).toEqual({ done: true, value: "over" });
});

test("leaving it early leaves the generator", async () => {
	const log: string[] = [];
	const stream = mapped(counting(log), (item) => item);
	await stream.next();
	expect(await stream.return("enough")).toEqual({ done: true, value: "enough" });
	expect(log).toEqual(["left"]);
});

test("nothing begins before the first item is asked for", async () => {
	let hasBegun = false;
	async function* lazy(): AsyncGenerator<number, void, void> {
		hasBegun = true;
		yield await Promise.resolve(1);
	}
	const stream = mapped(lazy(), (item) => item);
	expect(hasBegun).toBe(false);
	await stream.next();
	expect(hasBegun).toBe(true);
});
