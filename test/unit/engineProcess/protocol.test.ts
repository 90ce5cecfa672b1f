import { deserialize, serialize } from "node:v8";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EngineError } from "../../../src/engine/errors.ts";
import {
	errorToWire,
	parseFromEngine,
	parseToEngine,
	requestToWire,
	tokensToWire,
	wireToRequest,
	wireToTokens,
} from "../../../src/engineProcess/protocol.ts";
import { request, tokens } from "../../support/engineRequests.ts";

const overTheWire = (message: unknown): unknown => deserialize(serialize(message));

test("a request crosses unchanged", () => {
	for (const asked of [
		request(),
		request({
			supersedeKey: "file:1",
			healBytes: Uint8Array.of(1, 2, 255),
			stopTokens: tokens(0, 7),
			sampling: { temperature: 0.5, topK: 3, topP: 0.9, seed: -1 },
		}),
	]) {
		const parsed = parseToEngine(
			overTheWire({
				kind: "generate",
				id: 3,
				request: requestToWire(asked),
				reportsPrefill: false,
			}),
		);
		expect(
			parsed.kind === "ok" && parsed.message.kind === "generate"
				? wireToRequest(parsed.message.request)
				: parsed,
		).toEqual(asked);
	}
});

test("tokens cross unchanged, probabilities to the last bit", () => {
	const sent = tokens(5, 0, 31).map((id, i) => ({ id, probability: 0.1 + i / 3 }));
	const parsed = parseFromEngine(overTheWire({ kind: "tokens", id: 0, ...tokensToWire(sent) }));
	expect(
		parsed.kind === "ok" && parsed.message.kind === "tokens"
			? wireToTokens(parsed.message)
			: parsed,
	).toEqual(sent);
});

describe("malformed messages", () => {
	const good = {
		kind: "generate",
		id: 1,
		request: requestToWire(request()),
		reportsPrefill: true,
	};

	test.each([
		["nothing", undefined],
		["a string", "generate"],
		["an unknown kind", { kind: "format", id: 1 }],
		["an id that is no number", { ...good, id: "1" }],
		["a negative id", { ...good, id: -1 }],
		["an unknown field", { ...good, path: "x" }],
		["an empty prompt", { ...good, request: { ...good.request, prompt: new Int32Array(0) } }],
		["negative tokens", { ...good, request: { ...good.request, prompt: Int32Array.of(-1) } }],
		["a plain array as prompt", { ...good, request: { ...good.request, prompt: [1] } }],
		[
			"a prompt beyond all bounds",
			{ ...good, request: { ...good.request, prompt: new Int32Array(2e6) } },
		],
		[
			"a temperature that is none",
			{
				...good,
				request: { ...good.request, sampling: { ...good.request.sampling, temperature: NaN } },
			},
		],
		["an unknown priority", { ...good, request: { ...good.request, priority: "urgent" } }],
	])("with %s are refused", (_, message) => {
		expect(parseToEngine(message)).toMatchObject({ kind: "malformed" });
	});

	test("name the request that they belong to, where it can be told", () => {
		expect(parseToEngine({ ...good, request: undefined })).toMatchObject({ id: 1 });
		expect(parseToEngine({ kind: "generate", id: {} })).toMatchObject({ id: undefined });
		expect(
			parseFromEngine({
				kind: "tokens",
				id: 4,
				ids: Int32Array.of(1, 2),
				probabilities: Float64Array.of(1),
			}),
		).toMatchObject({ kind: "malformed", id: 4 });
		expect(
			parseFromEngine({ kind: "prefill", id: 5, promptTokens: 10, readTokens: 11 }),
		).toMatchObject({ kind: "malformed", id: 5 });
	});

	test("never make parsing throw", () => {
		fc.assert(
			fc.property(fc.anything({ withNullPrototype: true, withTypedArray: true }), (message) => {
				expect(["ok", "malformed"]).toContain(parseToEngine(message).kind);
				expect(["ok", "malformed"]).toContain(parseFromEngine(message).kind);
			}),
		);
	});
});

test("an engine's error crosses as its code and sentence, a bug as a failure of the runtime", () => {
	expect(errorToWire(new EngineError("queueFull", "Wait."))).toEqual({
		code: "queueFull",
		message: "Wait.",
	});
	expect(errorToWire(new TypeError("x is undefined"))).toMatchObject({
		code: "runtimeFailed",
		message: expect.stringContaining("x is undefined") as unknown,
	});
});
