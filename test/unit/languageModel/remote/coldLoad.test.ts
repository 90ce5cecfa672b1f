import { expect, test } from "vitest";
import type { AnswerResult, InfillText } from "../../../../src/languageModel/languageModel.ts";
import { eventually } from "../../../support/eventually.ts";
import { FakeClock } from "../../../support/fakeClock.ts";
import {
	chatAnswer,
	completionAnswer,
	sendJson,
	type Reply,
} from "../../../support/loopbackServer.ts";
import { infillRequest } from "../../../support/modelRequests.ts";
import { faultIn, openServer, type OpenedServer } from "./openServer.ts";

/** A server that answers when its model is loaded, and gives the load up when whoever asked leaves. */
class ColdModel {
	aborted = 0;
	readonly #loads: ((outcome: "loaded") => void)[] = [];
	#isLoaded = false;

	readonly reply: Reply = async (response, request) => {
		if (!this.#isLoaded) {
			const loading = new Promise<"loaded">((resolve) => this.#loads.push(resolve));
			if ((await Promise.race([loading, request.hungUp])) !== "loaded") {
				this.aborted++;
				return;
			}
			this.#isLoaded = true;
		}
		const isChat = request.url.endsWith("/chat/completions");
		await (isChat ? chatAnswer("1") : completionAnswer("1"))(response, request);
	};

	finish(): void {
		for (const load of this.#loads.splice(0)) {
			load("loaded");
		}
	}
}

async function cold(): Promise<OpenedServer & { clock: FakeClock; model: ColdModel }> {
	const clock = new FakeClock();
	const model = new ColdModel();
	const opened = await openServer({ clock });
	opened.loopback.reply(...Array.from({ length: 20 }, () => model.reply));
	return { ...opened, clock, model };
}

/** Asks for a completion, and types on after `patienceMs`. */
async function typeOn(
	{ infill, loopback, clock }: OpenedServer & { clock: FakeClock },
	patienceMs: number,
): Promise<IteratorResult<InfillText, AnswerResult>> {
	const before = loopback.requests.length;
	const controller = new AbortController();
	const next = infill.infill(infillRequest({ priority: "completion" }), controller.signal).next();
	await loopback.received(before + 1);
	await clock.advance(patienceMs);
	controller.abort();
	return await next;
}

test("one completion that came to its limit lives on until the model is loaded", async () => {
	const server = await cold();
	const { loopback, fill, clock, model, becomes } = server;
	const first = faultIn(fill());
	await loopback.received(1);
	await clock.advance(4000);
	expect((await first).code).toBe("serverLoading");
	for (let second = 0; second < 60; second++) {
		await clock.advance(1000);
		expect((await faultIn(fill())).message).toContain("probably loads its model");
	}
	expect([loopback.asked.length, model.aborted]).toEqual([1, 0]);
	expect(server.server.health.kind).toBe("loading");
	model.finish();
	await becomes("ready");
	expect((await fill()).text).toBe("1");
	expect(loopback.asked).toHaveLength(2);
});

test("typing on and on loads the model too", async () => {
	const server = await cold();
	const { clock, model, loopback, becomes, fill } = server;
	for (let key = 0; server.server.health.kind !== "loading"; key++) {
		expect(key).toBeLessThan(10);
		expect((await typeOn(server, 250)).value).toMatchObject({ end: "cancelled" });
	}
	const asked = loopback.asked.length;
	await clock.advance(60_000);
	expect((await faultIn(fill())).code).toBe("serverLoading");
	expect(loopback.asked).toHaveLength(asked);
	model.finish();
	await becomes("ready");
	expect((await fill()).text).toBe("1");
});

test("what was kept is ended on the wire at its first event", async () => {
	const server = await cold();
	const { loopback, model, becomes } = server;
	await typeOn(server, 1500);
	model.finish();
	await becomes("ready");
	await loopback.idle();
});

test("a server whose model is in memory isn't kept at work for those who typed on", async () => {
	const clock = new FakeClock();
	const { loopback, infill, fill, server } = await openServer({ clock });
	loopback.reply(completionAnswer("1"), ...Array.from({ length: 9 }, () => () => undefined));
	await fill();
	for (let key = 1; key < 10; key++) {
		const controller = new AbortController();
		const next = infill.infill(infillRequest({ priority: "completion" }), controller.signal).next();
		await loopback.received(key + 1);
		await clock.advance(250);
		controller.abort();
		await next;
		await loopback.asked[key]?.hungUp;
	}
	expect(server.health.kind).toBe("ready");
});

test("a question is asked while the model loads, and its answer ends the wait", async () => {
	const server = await cold();
	const { chat, fill, loopback, model } = server;
	await typeOn(server, 1500);
	const answer = chat();
	await loopback.received(2);
	expect(model.aborted).toBe(0);
	model.finish();
	expect((await answer).text).toBe("1");
	expect((await fill()).text).toBe("1");
});

test("a server that says that it loads its model is asked until it has, apart from completions", async () => {
	const clock = new FakeClock();
	const { loopback, fill, server, becomes } = await openServer({ clock });
	const loading = sendJson(503, { error: { message: "Loading model", type: "unavailable_error" } });
	loopback.reply(loading, loading, loading, completionAnswer("x"), completionAnswer("1"));
	expect((await faultIn(fill())).code).toBe("serverLoading");
	expect((await faultIn(fill())).message).toContain("loads its model");
	expect([loopback.asked.length, server.health.kind]).toEqual([1, "loading"]);
	for (const asked of [2, 3, 4]) {
		const received = loopback.received(asked);
		await clock.advance(2000);
		await received;
		// The limit for the load, and the pause before it is asked again.
		await eventually(() => clock.sleepers === (asked < 4 ? 2 : 0));
	}
	await becomes("ready");
	expect((await fill()).text).toBe("1");
});

test.each<[string, number, object]>([
	["llama.cpp", 503, { error: { message: "Loading model" } }],
	["Hugging Face", 503, { error: "Model bigcode/x is currently loading", estimated_time: 20.5 }],
	["LocalAI", 503, { error: { message: "model is not ready: backend loading" } }],
])("a question waits for the model of %s", async (_name, status, body) => {
	const clock = new FakeClock();
	const { loopback, chat, server } = await openServer({ clock });
	loopback.reply(
		...Array.from({ length: 10 }, () => sendJson(status, body)),
		chatAnswer("at last"),
	);
	const answer = chat();
	for (let asked = 1; asked <= 10; asked++) {
		await loopback.received(asked);
		await eventually(() => clock.sleepers === 1);
		expect(server.health.kind).toBe("loading");
		await clock.advance(2000);
	}
	expect((await answer).text).toBe("at last");
	expect(server.health.kind).toBe("ready");
});

test("a model that isn't loaded within ten minutes is given up", async () => {
	const server = await cold();
	const { clock, loopback } = server;
	await typeOn(server, 1500);
	await clock.advance(10 * 60_000);
	await loopback.idle();
	expect(server.server.health).toMatchObject({ kind: "down" });
	expect(server.server.health.sentence).toContain("within 10 minutes");
});

test("a load that fails is told in the server's words", async () => {
	const clock = new FakeClock();
	const { loopback, fill, server, becomes } = await openServer({ clock });
	let fail: (() => void) | undefined;
	loopback.reply((response, request) => {
		fail = () => {
			sendJson(500, { error: { message: "out of memory" } })(response, request);
		};
	});
	const first = faultIn(fill());
	await loopback.received(1);
	await clock.advance(4000);
	expect((await first).code).toBe("serverLoading");
	fail?.();
	await becomes("down");
	expect(server.health.sentence).toBe(`${loopback.origin} failed with status 500: out of memory.`);
});

test("a model that is loaded but refuses the request is not loading any more", async () => {
	const clock = new FakeClock();
	const { loopback, fill, becomes } = await openServer({ clock });
	loopback.reply(
		sendJson(503, { error: { message: "Loading model" } }),
		sendJson(400, { error: { message: "no, no" } }),
	);
	expect((await faultIn(fill())).code).toBe("serverLoading");
	await clock.advance(2000);
	await becomes("ready");
});

test("disposing ends what loads", async () => {
	const server = await cold();
	await typeOn(server, 1500);
	server.server.dispose();
	await server.loopback.idle();
	expect(server.healths.map(({ kind }) => kind)).toEqual(["loading"]);
});
