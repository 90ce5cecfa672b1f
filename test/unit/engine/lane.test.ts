import { expect, test } from "vitest";
import { Lane } from "../../../src/engine/lane.ts";
import { Gate } from "../../support/gate.ts";

const never = new AbortController().signal;

test("work that is cancelled while it waits never starts, and leaves its place at once", async () => {
	const lane = new Lane(1);
	const gate = new Gate();
	const controller = new AbortController();
	const order: string[] = [];
	const first = lane.occupy("chat", never, async () => {
		await gate.opened;
		order.push("first");
		return "finished";
	});
	const cancelled = lane.occupy("chat", controller.signal, () => {
		order.push("cancelled");
		return Promise.resolve("finished" as const);
	});
	controller.abort();
	const third = lane.occupy("chat", never, () => {
		order.push("third");
		return Promise.resolve("finished" as const);
	});
	gate.open();
	expect(await Promise.all([first, cancelled, third])).toEqual([
		"finished",
		"cancelled",
		"finished",
	]);
	expect(order).toEqual(["first", "third"]);
});

test("an abort does not free the lane while work runs", async () => {
	const lane = new Lane(4);
	const gate = new Gate();
	const controller = new AbortController();
	const order: string[] = [];
	const running = lane.occupy("completion", controller.signal, async () => {
		await gate.opened;
		order.push("first ends");
		return "finished";
	});
	const next = lane.occupy("completion", never, () => {
		order.push("second starts");
		return Promise.resolve("finished" as const);
	});
	controller.abort();
	setImmediate(() => gate.open());
	expect(await Promise.all([running, next])).toEqual(["finished", "finished"]);
	expect(order).toEqual(["first ends", "second starts"]);
});

test("only a more urgent request makes work pause", async () => {
	const lane = new Lane(4);
	const gate = new Gate();
	const wait = (): Promise<"finished"> => gate.opened.then(() => "finished");
	const all = [lane.occupy("chat", never, wait), lane.occupy("chat", never, wait)];
	expect(lane.mustPause("background")).toBe(true);
	expect(lane.mustPause("chat")).toBe(false);
	all.push(lane.occupy("completion", never, wait));
	expect(lane.mustPause("chat")).toBe(true);
	expect(lane.mustPause("completion")).toBe(false);
	gate.open();
	await Promise.all(all);
	expect(lane.mustPause("background")).toBe(false);
});

test("whoever watches hears of each more urgent request as it comes, and of no other", async () => {
	const lane = new Lane(4);
	const gate = new Gate();
	const wait = (): Promise<"finished"> => gate.opened.then(() => "finished");
	const all = [lane.occupy("chat", never, wait)];
	let heard = 0;
	const ignore = lane.watch("chat", () => heard++);
	for (const priority of ["background", "chat", "completion", "completion"] as const) {
		all.push(lane.occupy(priority, never, wait));
	}
	expect(heard).toBe(2);
	ignore();
	all.push(lane.occupy("completion", never, wait));
	gate.open();
	await Promise.all(all);
	expect(heard).toBe(2);
});

test("an error of the work reaches its owner and frees the lane", async () => {
	const lane = new Lane(4);
	const failing = lane.occupy("chat", never, () => Promise.reject(new Error("broken")));
	await expect(failing).rejects.toThrow("broken");
	expect(await lane.occupy("chat", never, () => Promise.resolve("finished"))).toBe("finished");
});
