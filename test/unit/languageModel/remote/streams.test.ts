import { expect, test } from "vitest";
import {
	beginEvents,
	chatAnswer,
	chatDelta,
	chatEnd,
	completionAnswer,
	doneEvent,
	event,
	events,
	sendJson,
	write,
	type Reply,
} from "../../../support/loopbackServer.ts";
import { chatPausesMs, faultIn, openServer } from "./openServer.ts";
import { HastyClock } from "../../../support/hastyClock.ts";

function body(type: string, text: string): Reply {
	return (response) => void response.writeHead(200, { "content-type": type }).end(text);
}

const stream = (text: string): Reply => body("text/event-stream", text);
const choice = (fields: object): object => ({ choices: [{ index: 0, ...fields }] });
const hello = event(chatDelta("Hello"));
const end = event(chatEnd()) + doneEvent;

test.each<[string, Reply]>([
	["empty data", stream(`data:\n\n${hello}data: \n\n${end}`)],
	["no finish_reason", stream(hello + doneEvent)],
	[
		"parts",
		events(
			choice({ delta: { content: [{ type: "thinking", thinking: [] }] } }),
			choice({ delta: { content: [{ type: "text", text: "Hello" }] } }),
			chatEnd(),
		),
	],
	[
		"odd usage",
		events(
			{
				...choice({ delta: { content: "Hello" } }),
				usage: { prompt_tokens: 3.5, completion_tokens: -1 },
			},
			chatEnd(),
		),
	],
	[
		"usage that is no object",
		events({ ...choice({ delta: { content: "Hello" } }), usage: "none" }, chatEnd()),
	],
	[
		"a message for a delta",
		events(choice({ message: { content: "Hello" }, finish_reason: "stop" })),
	],
	[
		"a message that repeats the answer",
		events(
			chatDelta("Hel"),
			chatDelta("lo"),
			choice({ message: { content: "Hello" }, finish_reason: "stop" }),
		),
	],
	[
		"messages that grow",
		events(
			choice({ message: { content: "Hel" } }),
			choice({ message: { content: "Hello" }, finish_reason: "stop" }),
		),
	],
	["text for a delta", events(choice({ text: "Hello", finish_reason: "stop" }))],
	[
		"null deltas",
		events(
			choice({ delta: null }),
			chatDelta("Hello"),
			choice({ delta: { content: null } }),
			chatEnd(),
		),
	],
	[
		"a finish_reason that is no string",
		events(choice({ delta: { content: "Hello" }, finish_reason: 7 }), chatEnd()),
	],
	[
		"a second choice",
		events(
			choice({ delta: { content: "Hello" } }),
			{ choices: [{ index: 1, delta: { content: "No" } }] },
			chatEnd(),
		),
	],
	[
		"reasoning",
		events(
			choice({ delta: { reasoning_content: "hm" } }),
			choice({ delta: { reasoning: "hm", content: null } }),
			chatDelta("Hello"),
			chatEnd(),
		),
	],
	["thoughts in tags", events(chatDelta("<think>a"), chatDelta("b</think>\n\nHello"), chatEnd())],
	["a token that ends the turn", events(chatDelta("Hello"), chatDelta("<|im_end|>"), chatEnd())],
	[
		"one JSON value",
		body(
			"application/json",
			JSON.stringify(choice({ message: { content: "Hello" }, finish_reason: "stop" })),
		),
	],
	[
		"one JSON value without a reason",
		body(
			"application/json",
			`${JSON.stringify(choice({ message: { content: "Hello" } }), null, 2)}\n`,
		),
	],
	[
		"one JSON value that calls itself a stream",
		stream(JSON.stringify(choice({ message: { content: "Hello" } }))),
	],
	[
		"JSON on lines",
		body(
			"application/x-ndjson",
			[chatDelta("Hel"), chatDelta("lo"), chatEnd()].map((each) => JSON.stringify(each)).join("\n"),
		),
	],
	["events of another type", body("application/stream+json", hello + end)],
	["events that call themselves a page", body("text/html; charset=utf-8", hello + end)],
	["no blank lines", stream((hello + end).replaceAll("\n\n", "\n"))],
])("an answer with %s is read", async (_name, reply) => {
	const { loopback, chat, server } = await openServer({ clock: new HastyClock(300) });
	loopback.reply(reply);
	expect(await chat()).toMatchObject({ text: "Hello", result: { end: "stop" } });
	expect(server.health.kind).toBe("ready");
});

test.each<[string, Reply, RegExp]>([
	[
		"a failure in the stream",
		events(chatDelta("Hel"), { error: { message: "CUDA out of memory", code: 500 } }),
		/failed in its answer: CUDA out of memory\.$/,
	],
	[
		"a failure in words",
		stream("event: error\ndata: overloaded\n\n"),
		/failed in its answer: overloaded\.$/,
	],
	[
		"llama.cpp's failure",
		stream(`${hello}error: {"code":500,"message":"slot unavailable"}\n\n`),
		/slot unavailable\.$/,
	],
	[
		"a failure with status 200",
		body("application/json", '{"error":{"message":"quota exceeded","code":400}}'),
		/refused the request: quota exceeded\.$/,
	],
	[
		"words and then nothing",
		stream(`${hello}data: worker died\n\n`),
		/ended its answer in the middle: worker died\.$/,
	],
	[
		"words instead of events",
		body("text/plain", "Service overloaded\n"),
		/in the middle: Service overloaded\.$/,
	],
	[
		"text with a status",
		(response) =>
			void response.writeHead(500, { "content-type": "text/plain" }).end("no such backend"),
		/status 500: no such backend\.$/,
	],
	[
		"a page with a status",
		(response) =>
			void response.writeHead(502, { "content-type": "text/html" }).end("<html>Bad gateway"),
		/failed with status 502\.$/,
	],
	[
		"too many requests",
		sendJson(429, { error: { message: "You exceeded your current quota" } }),
		/too many requests: You exceeded your current quota\.$/,
	],
	[
		"a refused key",
		sendJson(403, { error: { message: "Model access denied" } }),
		/refuses the key: Model access denied; set another/,
	],
	[
		"thoughts only",
		events(choice({ delta: { reasoning_content: "hm" } }), chatEnd("length")),
		/“qwen2.5-coder” thought, and stopped/,
	],
	["thoughts in tags only", events(chatDelta("<think>hm"), chatEnd()), /thought, and stopped/],
])("%s is told in the server's words", async (_name, reply, message) => {
	const { loopback, chat } = await openServer({ clock: new HastyClock(chatPausesMs) });
	loopback.reply(reply, reply, reply);
	expect((await faultIn(chat())).message).toMatch(message);
});

test.each<[string, object]>([
	["stream_options", { error: { message: "Unknown field: stream_options" } }],
	[
		"stream_options",
		{ detail: [{ loc: ["body", "stream_options"], msg: "extra fields not permitted" }] },
	],
	[
		"temperature",
		{ error: { message: "Unsupported value: 'temperature' does not support 0 with this model." } },
	],
])("a server that refuses %s is asked without it, then and later", async (field, body) => {
	const { loopback, chat, server } = await openServer();
	const refusing: Reply = (response, request) =>
		field in request.body
			? sendJson(422, body)(response, request)
			: chatAnswer("Hello")(response, request);
	loopback.reply(refusing, refusing, refusing);
	expect((await chat()).text).toBe("Hello");
	expect((await chat()).text).toBe("Hello");
	expect(loopback.asked.map((request) => field in request.body)).toEqual([true, false, false]);
	expect(server.health.kind).toBe("ready");
});

test("a completion is asked again without what is refused, one field after the other", async () => {
	const { loopback, fill } = await openServer({ kind: "vllm" });
	const refusing: Reply = (response, request) => {
		const odd = ["seed", "logprobs"].find((field) => field in request.body);
		const reply: Reply =
			odd === undefined
				? completionAnswer("1")
				: sendJson(400, { error: `unknown field "${odd}"` });
		return reply(response, request);
	};
	loopback.reply(refusing, refusing, refusing);
	expect((await fill()).text).toBe("1");
	expect(loopback.lastBody).not.toHaveProperty("seed");
	expect(loopback.lastBody).toHaveProperty("prompt");
});

test("a server that refuses whatever it gets is asked a bounded number of times", async () => {
	const { loopback, chat } = await openServer();
	const refusing = sendJson(400, { error: { message: "Unknown field" } });
	loopback.reply(...Array.from({ length: 20 }, () => refusing));
	expect((await faultIn(chat())).code).toBe("requestRefused");
	expect(loopback.asked.length).toBeLessThan(4);
});

test("a stream that is kept open by comments is waited for", async () => {
	const { loopback, chat } = await openServer();
	loopback.reply(async (response) => {
		beginEvents(response);
		await write(response, ": OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n");
		await write(response, hello + end);
		response.end();
	});
	expect((await chat()).text).toBe("Hello");
});

test.each<[unknown]>([
	[[{ id: "qwen2.5-coder" }]],
	[{ data: [{ name: 7 }] }],
	[{ data: {} }],
	["<html>"],
])("with the list %j a model that is set completes", async (list) => {
	const { loopback, fill } = await openServer({ kind: "auto" });
	loopback.serveModels((response) => {
		response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(list));
	});
	loopback.reply(completionAnswer("1"));
	expect((await fill()).text).toBe("1");
});

test("a model that can't write is not the one that is taken", async () => {
	const { loopback, chat, server } = await openServer({ model: "" });
	const data = [{ id: "nomic-embed-text" }, { id: "coder", context_length: 4096 }];
	loopback.serveModels(sendJson(200, { data }));
	loopback.reply(chatAnswer("Hello"));
	await chat();
	expect(loopback.lastBody["model"]).toBe("coder");
	expect(server.chat.description.contextTokens).toBe(4096);
	const listed = await server.listModels(new AbortController().signal);
	expect(listed.map(({ id }) => id)).toEqual(["coder", "nomic-embed-text"]);
});

test("a list that is missing is called that", async () => {
	const { loopback, chat } = await openServer({ model: "" });
	loopback.serveModels(sendJson(404, { error: { message: "nope" } }));
	expect((await faultIn(chat())).message).toBe(
		`${loopback.origin} has no list of models there: nope; check the address's path, or set the model's name.`,
	);
});

test("a model is found by its name without the tag", async () => {
	const { loopback, server } = await openServer({ model: "coder", kind: "auto" });
	loopback.serveModels(
		sendJson(200, {
			data: [{ id: "other" }, { id: "coder:latest", owned_by: "library", context_length: 2048 }],
		}),
	);
	await server.listModels(new AbortController().signal);
	expect(server.chat.description).toMatchObject({ name: "coder" });
});
