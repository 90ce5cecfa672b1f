import { expect, test } from "vitest";
import { chatRequest, hear, neverAborted } from "../../../support/modelRequests.ts";
import { FakeClock } from "../../../support/fakeClock.ts";
import {
	LoopbackServer,
	beginEvents,
	chatAnswer,
	chatDelta,
	chatEnd,
	completionDelta,
	doneEvent,
	event,
	events,
	sendJson,
	usageEvent,
	write,
	type Reply,
} from "../../../support/loopbackServer.ts";
import { chatPausesMs, faultIn, openServer, secretKey } from "./openServer.ts";
import { HastyClock } from "../../../support/hastyClock.ts";

/** Sends `bytes` as they are and ends. */
function raw(text: string): Reply {
	return async (response) => {
		beginEvents(response);
		await write(response, text);
		response.end();
	};
}

test("CRLF, comments, events over several lines and a byte at a time are read", async () => {
	const { loopback, chat } = await openServer();
	const text =
		`: keep-alive\r\n\r\nevent: message\r\ndata: ${JSON.stringify(chatDelta("naïve 🙂"))}\r\n\r\n` +
		`data: {"choices":[{"delta":\r\ndata: {"content":"!"}}]}\r\n\r\n` +
		`data: ${JSON.stringify(chatEnd())}\r\rdata: [DONE]`;
	loopback.reply(async (response) => {
		beginEvents(response);
		for (const byte of new TextEncoder().encode(text)) {
			await write(response, Uint8Array.of(byte));
		}
		response.end();
	});
	expect(await chat()).toMatchObject({ text: "naïve 🙂!", result: { end: "stop" } });
});

test("an escaped surrogate pair in two events is one character", async () => {
	const { loopback, chat } = await openServer();
	const half = (unit: string): string => `data: {"choices":[{"delta":{"content":"${unit}"}}]}\n\n`;
	loopback.reply(raw(`${half("a\\ud83d")}${half("\\ude42b")}${event(chatEnd())}${doneEvent}`));
	expect((await chat()).texts).toEqual(["a", "🙂b"]);
});

test("an answer without [DONE] is whole when it says why it ended", async () => {
	const { loopback, chat } = await openServer();
	loopback.reply(raw(event(chatDelta("ok")) + event(chatEnd("length")) + event(usageEvent(1, 1))));
	expect(await chat()).toMatchObject({ text: "ok", result: { end: "length" } });
});

test("a connection that is left open after the answer's end is not waited for", async () => {
	const { loopback, chat } = await openServer({ clock: new HastyClock(300) });
	loopback.reply(async (response) => {
		beginEvents(response);
		await write(response, event(chatDelta("ok")) + event(chatEnd()));
	});
	expect(await chat()).toMatchObject({ text: "ok", result: { end: "stop" } });
	await loopback.idle();
});

test("an answer that breaks off is an error, and its text was yielded", async () => {
	const { loopback, server } = await openServer();
	loopback.reply(raw(event(chatDelta("half"))), async (response) => {
		beginEvents(response);
		await write(response, event(chatDelta("half")));
		response.destroy();
	});
	for (const code of ["badAnswer", "serverUnreachable"]) {
		const stream = server.chat.answer(chatRequest(), neverAborted());
		expect((await stream.next()).value).toBe("half");
		expect((await faultIn(hear(stream))).code).toBe(code);
	}
});

test.each<[string, Reply, string]>([
	["malformed JSON", raw('data: {"choices":[\n\n'), "badAnswer"],
	["JSON of another shape", raw("data: [1,2]\n\n"), "badAnswer"],
	["an event cut in the middle", raw('data: {"choices":[{"del'), "badAnswer"],
	["a web page", (response) => void response.writeHead(200, html).end("<html>Log in"), "badAnswer"],
	["an event without an end", raw("data: " + "x".repeat(1_100_000)), "badAnswer"],
	["401", sendJson(401, { error: { message: `Wrong key ${secretKey}` } }), "unauthorized"],
	["404", sendJson(404, { error: { message: "no model" } }), "notFound"],
	["400", sendJson(400, { error: { message: "no, no" } }), "requestRefused"],
	[
		"vLLM's complaint about the length",
		sendJson(400, { error: { message: "This model's maximum context length is 8 tokens." } }),
		"promptTooLong",
	],
	[
		"llama.cpp's complaint about the length",
		sendJson(400, { error: { message: "request (9) exceeds the available context size (8)" } }),
		"promptTooLong",
	],
	[
		"an endless complaint",
		(response) => void response.writeHead(422).end("e".repeat(9_000_000)),
		"requestRefused",
	],
	[
		"an error in the stream",
		events({ error: { message: "bad prompt", code: 400 } }),
		"requestRefused",
	],
])("%s is told by its code, once", async (_name, reply, code) => {
	const { loopback, chat, log } = await openServer();
	loopback.reply(reply);
	const fault = await faultIn(chat());
	expect(fault.code).toBe(code);
	expect(fault.message).toMatch(/^[^\n]+\.$/);
	expect(fault.message.length).toBeLessThan(400);
	expect(fault.cause).toBeUndefined();
	expect(`${fault.message} ${log.join(" ")}`).not.toContain(secretKey);
	expect(loopback.asked).toHaveLength(1);
});

const html = { "content-type": "text/html" };

test("what a server says is quoted without the key, on one line", async () => {
	const { loopback, chat } = await openServer();
	loopback.reply(sendJson(400, { error: { message: `Odd\n  header Bearer ${secretKey}.` } }));
	expect((await faultIn(chat())).message).toBe(
		`${loopback.origin} refused the request with status 400: Odd header ….`,
	);
});

test.each<object>([
	{ error: { message: "too odd", type: "x" } },
	{ error: "too odd" },
	{ object: "error", message: "too odd", code: 40001 },
	{ detail: "too odd" },
])("%j is understood", async (body) => {
	const { loopback, chat } = await openServer();
	loopback.reply(sendJson(422, body));
	expect((await faultIn(chat())).message).toMatch(/status 422: too odd\.$/);
	const { loopback: other, chat: ask } = await openServer({ clock: new HastyClock(chatPausesMs) });
	other.reply(events(body), events(body), events(body));
	expect(await faultIn(ask())).toMatchObject({
		code: "serverUnreachable",
		message: `${other.origin} failed in its answer: too odd.`,
	});
});

test("JSON of any depth is survived", async () => {
	const { loopback, chat, server } = await openServer();
	const deep = "[".repeat(30_000) + "]".repeat(30_000);
	loopback.reply(raw(`data: {"choices":${deep}}\n\n`), (response) => {
		response.writeHead(400, { "content-type": "application/json" });
		response.end(`{"error":{"message":${deep}}}`);
	});
	expect((await faultIn(chat())).code).toBe("badAnswer");
	expect(server.health.kind).toBe("down");
	expect((await faultIn(chat())).code).toBe("requestRefused");
});

test("a redirect to another host is refused, and neither key nor prompt go there", async () => {
	const { loopback, chat, server } = await openServer();
	const other = await LoopbackServer.start();
	loopback.reply(
		(response) => void response.writeHead(307, { location: `${other.origin}/v1` }).end(),
	);
	const fault = await faultIn(chat());
	expect([fault.code, fault.message.includes(other.origin)]).toEqual(["serverMisconfigured", true]);
	expect(other.requests).toEqual([]);
	expect(server.health.kind).toBe("down");
	await other.close();
});

test.each(["sk-ключ", "sk two", "sk\nx: y"])(
	"the key %j is refused without showing it",
	async (key) => {
		const { chat, loopback } = await openServer({ key: () => Promise.resolve(key) });
		const fault = await faultIn(chat());
		expect(fault.code).toBe("unauthorized");
		expect(fault.message).not.toContain(key);
		expect(loopback.requests).toEqual([]);
	},
);

test("a secret storage that fails is a fault with a sentence", async () => {
	const { chat } = await openServer({ key: () => Promise.reject(new Error("locked: sk-1")) });
	expect(await faultIn(chat())).toMatchObject({
		code: "unauthorized",
		message: "The server's key can't be read from the secret storage; set it again.",
	});
});

test("nobody at the address is told by its code and the system's", async () => {
	const gone = await LoopbackServer.start();
	const address = gone.origin;
	await gone.close();
	const { chat, server } = await openServer({ address, clock: new HastyClock(chatPausesMs) });
	const fault = await faultIn(chat());
	expect(fault.code).toBe("serverUnreachable");
	expect(fault.message).toContain("(ECONNREFUSED)");
	expect(server.health).toMatchObject({ kind: "down", sentence: fault.message });
});

test.each(["a completion", "a question"] as const)(
	"a server that never answers %s is no longer waited for and not asked again, and in the end the socket is closed",
	async (asked) => {
		const clock = new FakeClock();
		const { loopback, fill, chat, server } = await openServer({ clock });
		loopback.reply(() => undefined);
		const [ask, limitMs] = asked === "a question" ? [chat, 180_000] : [fill, 4000];
		const fault = faultIn(ask());
		await loopback.received(1);
		await clock.advance(limitMs);
		expect(await fault).toMatchObject({ code: "serverLoading" });
		await clock.advance(10 * 60_000);
		await loopback.idle();
		expect(loopback.requests).toHaveLength(1);
		expect(server.health).toMatchObject({ kind: "down" });
	},
);

test("a server that writes on and on is stopped, and the socket is closed", async () => {
	const { loopback, fill } = await openServer();
	loopback.reply(async (response) => {
		beginEvents(response);
		for (let line = 0; line < 100 && !response.destroyed; line++) {
			await write(response, event(completionDelta("x".repeat(1000))));
		}
	});
	const { text, result } = await fill({ maxAnswerTokens: 96 });
	expect(result.end).toBe("length");
	expect(text.length).toBeLessThanOrEqual(96 * 64 + 1000);
	await loopback.idle();
});

test("a server that stops in the middle is given up", async () => {
	const clock = new FakeClock();
	const { loopback, server } = await openServer({ clock });
	loopback.reply(async (response) => {
		beginEvents(response);
		await write(response, event(chatDelta("so far")));
	});
	const stream = server.chat.answer(chatRequest(), neverAborted());
	expect((await stream.next()).value).toBe("so far");
	const fault = faultIn(stream.next());
	await clock.advance(60_000);
	expect((await fault).message).toContain("stopped sending for 60 s");
	await loopback.idle();
});

test("a consumer that takes its time is not the server's fault", async () => {
	const clock = new FakeClock();
	const { loopback, server } = await openServer({ clock });
	loopback.reply(chatAnswer("one", "two"));
	const stream = server.chat.answer(chatRequest(), neverAborted());
	expect((await stream.next()).value).toBe("one");
	await clock.advance(10 * 60_000);
	expect((await hear(stream)).text).toBe("two");
});

test("bytes that trickle in without end are cut by the limit for the whole answer", async () => {
	const clock = new FakeClock();
	const { loopback, server } = await openServer({ clock });
	let trickle: (() => Promise<void>) | undefined;
	loopback.reply(async (response) => {
		beginEvents(response);
		await write(response, event(chatDelta("begun")));
		trickle = () => write(response, ": still here\n\n");
	});
	const stream = server.chat.answer(chatRequest(), neverAborted());
	await stream.next();
	const fault = faultIn(stream.next());
	for (let minute = 0; minute < 30; minute++) {
		await trickle?.();
		await clock.advance(59_000);
	}
	await clock.advance(60_000);
	expect((await fault).message).toMatch(/didn't finish its answer|stopped sending/);
	await loopback.idle();
});
