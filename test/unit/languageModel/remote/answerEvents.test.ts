import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AnswerEvents } from "../../../../src/languageModel/remote/answerEvents.ts";

/** The events of a body that comes in pieces of these sizes, which are used again from the first. */
function eventsOf(
	body: string,
	sizes: readonly number[] = [1_000_000],
): readonly string[] | string {
	const bytes = new TextEncoder().encode(body);
	const events = new AnswerEvents(10_000);
	const found: string[] = [];
	let at = 0;
	for (let index = 0; at < bytes.length; index++) {
		const size = sizes[index % sizes.length] ?? 1;
		const ready = events.push(bytes.subarray(at, at + size));
		if (typeof ready === "string") {
			return ready;
		}
		found.push(...ready);
		at += size;
	}
	const rest = events.flush();
	return typeof rest === "string" ? rest : [...found, ...rest];
}

const a = '{"choices":[{"delta":{"content":"a"}}]}';
const b = '{"choices":[{"delta":{"content":"b"}}]}';
const whole = '{"choices":[{"message":{"content":"ab"}}]}';
const done = '"[DONE]"';

const bodies: readonly (readonly [string, string, readonly string[] | string])[] = [
	["events", `data: ${a}\n\ndata: ${b}\n\ndata: [DONE]\n\n`, [a, b, done]],
	["CRLF", `data: ${a}\r\n\r\ndata: ${b}\r\n\r\n`, [a, b]],
	["CR alone", `data: ${a}\r\rdata: ${b}\r\r`, [a, b]],
	["a byte order mark", `\uFEFFdata: ${a}\n\n`, [a]],
	["no space after the colon", `data:${a}\n\ndata:[DONE]\n\n`, [a, done]],
	["more than one space", `data:   ${a}  \n\n`, [`  ${a}  `.trim()]],
	["no blank line between events", `data: ${a}\ndata: ${b}\ndata: [DONE]\n`, [a, b, done]],
	["blank lines in front", `\n\n\ndata: ${a}\n\n`, [a]],
	["an event over several lines", 'data: {"a":\ndata: 1}\n\n', ['{"a":\n1}']],
	["comments", `: ping\n\n:\ndata: ${a}\n:x\n\n`, [a]],
	["empty data", `data:\n\ndata: \n\ndata\n\ndata: ${a}\n\n`, [a]],
	["heartbeats as data", `data: ping\n\ndata: null\n\ndata: keep-alive\n\ndata: ${a}\n\n`, [a]],
	["heartbeats as events", `event: ping\ndata: {"type":"ping"}\n\ndata: ${a}\n\n`, [a]],
	["ids and times", `id: 7\nretry: 3000\nevent: message\ndata: ${a}\n\n`, [a]],
	["no line end at the end", `data: ${a}\n\ndata: [DONE]`, [a, done]],
	["an end mark with white space and quotes", 'data:  "[DONE]" \n\n', [done]],
	["JSON on lines", `${a}\n${b}\n`, [a, b]],
	["JSON on lines among events", `data: ${a}\n\n${b}\n\n`, [a, b]],
	["one value", whole, [whole, done]],
	["one value with a line break", `${whole}\n`, [whole, done]],
	[
		"one value over lines",
		JSON.stringify(JSON.parse(whole), null, 2),
		[JSON.stringify(JSON.parse(whole), null, 2), done],
	],
	["one chunk alone", `${a}\n`, [a]],
	["nothing", " \n\n", []],
	["a page", "\n<!doctype html><p>Log in", "page"],
	["words", "Service unavailable\n", ['"Service unavailable"']],
	["words as data", "data: overloaded\n\n", ['"overloaded"']],
	["words as a failure", "event: error\ndata: overloaded\n\n", [failure("overloaded")]],
	[
		"llama.cpp's failure",
		'error: {"code":500,"message":"no memory"}\n\n',
		[failure("no memory", "500")],
	],
	["a failure", 'data: {"error":{"message":"no","code":429}}\n\n', [failure("no", "429")]],
	["a failure as a string", 'data: {"error":"no"}\n\n', [failure("no")]],
	["events in a list", `data: [${a},${b}]\n\n`, [a, b]],
	["a failure in a list", '[{"error":{"code":400,"message":"no"}}]', [failure("no", "400"), done]],
	[
		"vLLM's failure",
		'data: {"object":"error","message":"no","code":400}\n\n',
		[failure("no", "400")],
	],
	["FastAPI's failure", '{"detail":"no"}', [failure("no"), done]],
	[
		"Anthropic's failure",
		'event: error\ndata: {"type":"error","error":{"message":"no"}}\n\n',
		[failure("no")],
	],
	[
		"a failure in a choice",
		'data: {"choices":[{"error":{"message":"no","code":502}}]}\n\n',
		[failure("no", "502")],
	],
	[
		"a reason that is a failure",
		'data: {"choices":[{"finish_reason":"error"}]}\n\n',
		[failure("")],
	],
	["no failure", 'data: {"error":null,"choices":[]}\n\n', ['{"error":null,"choices":[]}']],
	["an end by name", `data: ${a}\n\nevent: done\ndata: {}\n\n`, [a, done]],
	["an end by name alone", `data: ${a}\n\nevent: end\n\n`, [a, done]],
	["an end by name with more", 'event: end\ndata: {"x":1}\n\n', [done]],
	["what went well in a wrapper", '{"code":0,"msg":"success"}\n', ['{"code":0,"msg":"success"}']],
	["an error that is empty", 'data: {"error":{},"choices":[]}\n\n', ['{"error":{},"choices":[]}']],
	["an error that is true", 'data: {"error":true,"message":"no"}\n\n', [failure("no")]],
	["a label in brackets", "data: [ERROR] no memory\n\n", ['"[ERROR] no memory"']],
	["an end that is a word", `data: ${a}\n\ndata: DONE\n\n`, [a, done]],
	["an end mark that isn't marked as data", `data: ${a}\n\n[DONE]\n\n`, [a, done]],
	["fields in capitals", `Data: ${a}\n\nDATA: [DONE]\n\n`, [a, done]],
	["data that are marked twice", `data: data: ${a}\n\n`, [a]],
	["words in the middle", `data: ${a}\n\nNo memory\n`, [a, '"No memory"']],
	["words without a line end", `data: ${a}\n\nNo memory`, [a, '"No memory"']],
	[
		"a failure over lines, among events",
		`data: ${a}\n\n${JSON.stringify({ error: { message: "no", code: [1] } }, null, 2)}\n`,
		[a, failure("no")],
	],
	[
		"a value over lines of which the first is marked",
		`data: ${JSON.stringify({ choices: [{ x: [{}] }] }, null, 2)}\n\ndata: ${a}\n\n`,
		[JSON.stringify({ choices: [{ x: [{}] }] }, null, 2), a],
	],
	["an exception", "event: exception\ndata: no memory\n\n", [failure("no memory")]],
	[
		"a failure beside a choice",
		'data: {"error":{"message":"no"},"choices":[{"finish_reason":"error"}]}\n\n',
		[failure("no")],
	],
	[
		"a failure as code and msg",
		'{"code":401,"msg":"no","data":null}',
		[failure("no", "401"), done],
	],
	["a failure as error_msg", '{"error_code":17,"error_msg":"no"}', [failure("no", "17"), done]],
	["a failure in a list of errors", '{"errors":[{"message":"no"}]}', [failure("no"), done]],
	[
		"MiniMax's failure",
		'{"base_resp":{"status_code":1004,"status_msg":"no"}}',
		[failure("no"), done],
	],
	["a value without an answer", "{}", ["{}"]],
	["broken JSON", 'data: {"choices":[{"del', ['{"choices":[{"del']],
];

function failure(message: string, code?: string): string {
	return JSON.stringify({ error: { message, code } });
}

test.each(bodies)("%s", (_name, body, expected) => {
	expect(eventsOf(body)).toEqual(expected);
});

describe("however a body is cut", () => {
	test.each(bodies)("%s", (_name, body, expected) => {
		fc.assert(
			fc.property(
				fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 20 }),
				(sizes) => {
					expect(eventsOf(body, sizes)).toEqual(expected);
				},
			),
			{ numRuns: 30 },
		);
	});
});

test("half a character at a cut is one", () => {
	const text = 'data: {"x":"é🙂日"}\n\n';
	expect(eventsOf(text, [1])).toEqual(['{"x":"é🙂日"}']);
});

test.each([
	["in one line", `data: ${"x".repeat(10_001)}`],
	["in many lines", "data: x\n".repeat(6000)],
	["in one value", `{"x":"${"x".repeat(10_001)}`],
])("an event is bounded %s", (_name, body) => {
	expect(eventsOf(body, [700])).toBe("tooLong");
});
