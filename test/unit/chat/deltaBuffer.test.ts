import { expect, test } from "vitest";
import { DeltaBuffer } from "../../../src/chat/deltaBuffer.ts";
import { FakeClock } from "../../support/fakeClock.ts";

function bench(): { clock: FakeClock; sent: [number, string][]; deltas: DeltaBuffer } {
	const clock = new FakeClock();
	const sent: [number, string][] = [];
	const deltas = new DeltaBuffer({ clock, send: (text) => sent.push([clock.now(), text]) });
	return { clock, sent, deltas };
}

test("the first text goes out at once, what follows at most once per frame", async () => {
	const { clock, sent, deltas } = bench();
	for (let ms = 0; ms < 40; ms++) {
		deltas.add(`${ms} `);
		await clock.advance(1);
	}
	expect(sent.map(([at]) => at)).toEqual([0, 16, 32]);
	deltas.flush();
	expect(sent.map(([, text]) => text).join("")).toBe(deltas.sent);
	expect(deltas.sent).toBe(Array.from({ length: 40 }, (_, ms) => `${ms} `).join(""));
});

test("after a pause text goes out at once again", async () => {
	const { clock, sent, deltas } = bench();
	deltas.add("a");
	await clock.advance(100);
	deltas.add("b");
	expect(sent).toEqual([
		[0, "a"],
		[100, "b"],
	]);
});

test("nothing is sent for nothing, and nothing after a flush", async () => {
	const { clock, sent, deltas } = bench();
	deltas.add("a");
	deltas.add("b");
	deltas.add("");
	deltas.flush();
	deltas.flush();
	await clock.advance(100);
	expect(sent.map(([, text]) => text)).toEqual(["a", "b"]);
	expect(clock.sleepers).toBe(0);
});
