import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { RemoteServerOptions } from "../../../../src/languageModel/remote/createRemoteServer.ts";
import { chatRequest, infillRequest, neverAborted } from "../../../support/modelRequests.ts";
import { FakeClock, settle } from "../../../support/fakeClock.ts";
import {
	beginEvents,
	chatAnswer,
	completionAnswer,
	event,
	chatDelta,
	sendJson,
	write,
	type Reply,
} from "../../../support/loopbackServer.ts";
import {
	chatPausesMs,
	completionPausesMs,
	faultIn,
	openServer,
	type OpenedServer,
} from "./openServer.ts";
import { HastyClock } from "../../../support/hastyClock.ts";

const failing = sendJson(503, { error: { message: "Out of workers" } });

test("a request is repeated after growing pauses while nothing of an answer came", async () => {
	const clock = new HastyClock(chatPausesMs);
	const { loopback, chat, server } = await openServer({ clock });
	loopback.reply(failing, (response) => void response.destroy(), chatAnswer("at last"));
	expect((await chat()).text).toBe("at last");
	const [first = 0, second = 0] = clock.slept;
	expect(first).toBeGreaterThanOrEqual(250);
	expect(second).toBeGreaterThanOrEqual(500);
	expect(server.health.kind).toBe("ready");
});

test("a pause that the server asks for is kept to", async () => {
	const clock = new HastyClock(chatPausesMs);
	const { loopback, chat } = await openServer({ clock });
	loopback.reply(
		sendJson(429, {}, { "retry-after": "7" }),
		sendJson(503, {}, { "retry-after-ms": "1500" }),
		chatAnswer("ok"),
	);
	expect((await chat()).text).toBe("ok");
	expect(clock.slept.slice(0, 2)).toEqual([7000, 1500]);
});

test("a pause that is too long for a completion is left to the next ones, without asking", async () => {
	const clock = new FakeClock();
	const { loopback, fill, server } = await openServer({ clock });
	loopback.reply(sendJson(429, {}, { "retry-after": "30" }), completionAnswer("1"));
	expect((await faultIn(fill())).code).toBe("rateLimited");
	expect((await faultIn(fill())).message).toContain("again in 30 s");
	expect(loopback.asked).toHaveLength(1);
	expect(server.health.kind).toBe("slow");
	await clock.advance(30_000);
	expect((await fill()).text).toBe("1");
	expect(server.health.kind).toBe("ready");
});

test("a server that is busy until some time is not asked before", async () => {
	const clock = new FakeClock();
	const { loopback, fill } = await openServer({ clock });
	loopback.reply(
		sendJson(503, { error: { message: "Out of workers" } }, { "retry-after": "30" }),
		completionAnswer("1"),
	);
	expect((await faultIn(fill())).code).toBe("serverUnreachable");
	expect((await faultIn(fill())).message).toContain("again in 30 s");
	expect(loopback.asked).toHaveLength(1);
	await clock.advance(30_000);
	expect((await fill()).text).toBe("1");
});

test("nothing is repeated once text came", async () => {
	const { loopback, chat } = await openServer({ clock: new HastyClock(chatPausesMs) });
	loopback.reply(async (response) => {
		beginEvents(response);
		await write(response, event(chatDelta("half")));
		response.destroy();
	});
	await faultIn(chat());
	expect(loopback.asked).toHaveLength(1);
});

test("aborting during a pause ends the request at once", async () => {
	const clock = new FakeClock();
	const { loopback, server } = await openServer({ clock });
	loopback.reply(sendJson(429, {}, { "retry-after": "10" }));
	const controller = new AbortController();
	const stream = server.chat.answer(chatRequest(), controller.signal);
	const next = stream.next();
	await loopback.received(1);
	await loopback.idle();
	controller.abort();
	expect(await next).toMatchObject({ done: true, value: { end: "cancelled" } });
});

test("typing on closes the socket of a request that waits for its answer", async () => {
	const { loopback, infill } = await openServer();
	loopback.reply(() => undefined);
	const controller = new AbortController();
	const next = infill.infill(infillRequest({ priority: "completion" }), controller.signal).next();
	await loopback.received(1);
	controller.abort();
	expect(await next).toMatchObject({ done: true, value: { end: "cancelled" } });
	await loopback.asked[0]?.hungUp;
});

test("disposing ends what is in flight, and later requests fail", async () => {
	const { loopback, server, chat, healths } = await openServer();
	const silent: Reply = () => undefined;
	loopback.reply(silent, async (response) => {
		beginEvents(response);
		await write(response, event(chatDelta("begun")));
	});
	const unanswered = faultIn(chat());
	await loopback.received(1);
	const begun = server.chat.answer(chatRequest(), neverAborted());
	await begun.next();
	server.dispose();
	for (const fault of [unanswered, faultIn(begun.next()), faultIn(chat())]) {
		expect((await fault).message).toContain("was closed");
	}
	await loopback.idle();
	expect(loopback.requests).toHaveLength(2);
	expect(healths.map(({ kind }) => kind)).toEqual(["ready"]);
});

describe("a server that is down", () => {
	beforeEach(() => {
		// The circuit breaker reads this clock.
		vi.useFakeTimers({ toFake: ["Date"], now: 1_000_000 });
	});
	afterEach(() => {
		vi.useRealTimers();
	});

	/** Fails until the circuit is open: two completions of two attempts each. */
	async function opened(options: Partial<RemoteServerOptions> = {}): Promise<OpenedServer> {
		const server = await openServer({ clock: new HastyClock(completionPausesMs), ...options });
		server.loopback.serveModels(failing);
		server.loopback.reply(failing, failing, failing);
		await faultIn(server.fill());
		await faultIn(server.fill());
		expect(server.loopback.asked).toHaveLength(3);
		return server;
	}

	test("isn't asked for a while, and its health says so", async () => {
		const { loopback, fill, chat, server, healths } = await opened();
		expect((await faultIn(fill())).code).toBe("serverPaused");
		expect((await faultIn(chat())).code).toBe("serverPaused");
		expect(loopback.requests).toHaveLength(3);
		expect(server.health).toMatchObject({ kind: "down", since: 1_000_000 });
		expect(server.health.sentence).toContain("failed with status 503: Out of workers");
		expect(healths.map(({ kind }) => kind)).toEqual(["down"]);
	});

	test("costs a completion nothing, and is asked for its models twice a minute at most", async () => {
		const sent: Promise<Response>[] = [];
		const { loopback, fill } = await opened({
			fetch: (input, init) => {
				const response = globalThis.fetch(input, init);
				sent.push(response);
				return response;
			},
		});
		const minutes = 60;
		for (let second = 10; second <= minutes * 60; second += 10) {
			vi.setSystemTime(1_000_000 + second * 1000);
			expect((await faultIn(fill())).code).toBe("serverPaused");
			await settle();
			await sent.at(-1);
			await settle();
		}
		expect(loopback.asked).toHaveLength(3);
		const questions = loopback.requests.length - loopback.asked.length;
		expect(questions).toBeGreaterThan(minutes / 2);
		expect(questions).toBeLessThanOrEqual(2 * minutes);
	});

	test("is asked for its models when the pause is over, and then again for answers", async () => {
		const { loopback, fill, becomes } = await opened();
		loopback.serveModels(sendJson(200, { data: [] }));
		vi.setSystemTime(1_000_000 + 10_000);
		loopback.reply(completionAnswer("back"));
		expect((await faultIn(fill())).code).toBe("serverPaused");
		await becomes("ready");
		expect((await fill()).text).toBe("back");
	});

	test("is waited for by a question", async () => {
		const { loopback, chat } = await opened();
		vi.setSystemTime(1_000_000 + 10_000);
		expect((await faultIn(chat())).code).toBe("serverUnreachable");
		loopback.serveModels(sendJson(404, {}));
		vi.setSystemTime(1_000_000 + 60_000);
		loopback.reply(chatAnswer("back"));
		expect((await chat()).text).toBe("back");
	});
});

test("a server that hangs when asked what it is counts too, and isn't waited for then", async () => {
	const clock = new FakeClock();
	const { loopback, infill, fill } = await openServer({ clock, kind: "auto" });
	loopback.serveModels(() => undefined);
	for (let attempt = 1; attempt <= 3; attempt++) {
		const controller = new AbortController();
		const next = infill.infill(infillRequest({ priority: "completion" }), controller.signal).next();
		await loopback.received(attempt);
		await clock.advance(1500);
		controller.abort();
		await next;
	}
	expect((await faultIn(fill())).code).toBe("serverPaused");
});

test("a server with too many requests that names no time is left alone for a moment", async () => {
	const { loopback, fill } = await openServer({ clock: new HastyClock(completionPausesMs) });
	loopback.reply(sendJson(429, {}), sendJson(429, {}));
	expect((await faultIn(fill())).code).toBe("rateLimited");
	expect((await faultIn(fill())).message).toContain("again in 2 s");
	expect(loopback.asked).toHaveLength(2);
});

test("an answer that begins late makes the server slow", async () => {
	const clock = new FakeClock();
	const { loopback, fill, server } = await openServer({ clock });
	loopback.reply(async (response, request) => {
		await clock.advance(2300);
		await completionAnswer("1")(response, request);
	});
	await fill();
	expect(server.health).toMatchObject({ kind: "slow" });
	expect(server.health.sentence).toContain("takes 2.3 s");
});
