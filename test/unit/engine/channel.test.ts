import { expect, test } from "vitest";
import { Channel } from "../../../src/engine/channel.ts";

test("hands over values in order, whether they come before or after they are asked for", async () => {
	const channel = new Channel<number, string>();
	channel.push(1);
	const first = await channel.next();
	const waiting = channel.next();
	channel.push(2);
	channel.push(3);
	channel.end("over");
	channel.push(4);
	expect([first, await waiting, await channel.next(), await channel.next()]).toEqual([
		{ kind: "value", value: 1 },
		{ kind: "value", value: 2 },
		{ kind: "value", value: 3 },
		{ kind: "end", end: "over" },
	]);
});

test("an error comes after the values before it, and the first end counts", async () => {
	const channel = new Channel<number, string>();
	channel.push(1);
	channel.fail(new Error("broken"));
	channel.end("over");
	expect(await channel.next()).toEqual({ kind: "value", value: 1 });
	await expect(channel.next()).rejects.toThrow("broken");
});
