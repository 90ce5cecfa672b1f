import { resolve } from "node:path";
import { deserialize, serialize } from "node:v8";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EngineError } from "../../../src/engine/errors.ts";
import type { LearnChange } from "../../../src/adaptation/learning.ts";
import {
	changeToWire,
	errorToWire,
	parseFromEngine,
	parseToEngine,
	protocolVersion,
	requestToWire,
	tokensToWire,
	wireToChange,
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
			mayPersist: true,
		}),
		request({ givenAnswer: tokens(4, 0), maxNewTokens: 2 }),
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

test("the folder of saved prefixes crosses, and is refused unless it says where it is", () => {
	const open = { kind: "open", protocolVersion, modelFolder: "model" };
	const here = { ...open, snapshotFolder: resolve("prefixes") };
	expect(parseToEngine(overTheWire(open))).toEqual({ kind: "ok", message: open });
	expect(parseToEngine(overTheWire(here))).toEqual({ kind: "ok", message: here });
	for (const snapshotFolder of ["", "prefixes", "../prefixes", `/${"a".repeat(5000)}`, 3, null]) {
		expect(parseToEngine(overTheWire({ ...open, snapshotFolder }))).toMatchObject({
			kind: "malformed",
		});
	}
});

test("what is to be mixed in crosses unchanged, and so does what is learned and its report", () => {
	const adaptation = { file: "a", before: tokens(1, 2), after: tokens(31), repository: true };
	const parsed = parseToEngine(
		overTheWire({
			kind: "generate",
			id: 3,
			request: requestToWire(request({ adaptation })),
			reportsPrefill: false,
		}),
	);
	const arrived =
		parsed.kind === "ok" && parsed.message.kind === "generate"
			? wireToRequest(parsed.message.request).adaptation
			: undefined;
	expect({
		...arrived,
		before: Array.from(arrived?.before ?? []),
		after: Array.from(arrived?.after ?? []),
	}).toEqual(adaptation);

	const changes: readonly LearnChange[] = [
		{ kind: "open", path: "saved" },
		{ kind: "put", file: "a", fingerprint: "1", tokens: tokens(5, 0, 31) },
		{ kind: "remove", file: "a" },
		{ kind: "save" },
	];
	for (const change of changes) {
		const sent = overTheWire({ kind: "learn", id: 1, change: changeToWire(change) });
		const received = parseToEngine(sent);
		const crossed =
			received.kind === "ok" && received.message.kind === "learn"
				? wireToChange(received.message.change)
				: undefined;
		expect(
			crossed?.kind === "put" ? { ...crossed, tokens: Array.from(crossed.tokens) } : crossed,
		).toEqual(change);
	}

	const report = { known: new Map([["a", "1"]]), files: 1, tokens: 2, bytes: 3 };
	expect(parseFromEngine(overTheWire({ kind: "learned", id: 1, report }))).toEqual({
		kind: "ok",
		message: { kind: "learned", id: 1, report },
	});
});

test.each([
	["of a greedy answer", [[0.9, 0.1 + 0.2], [], [1 / 3]]],
	["of any other", undefined],
])("tokens %s cross unchanged, probabilities to the last bit", (_, text) => {
	const sent = tokens(5, 0, 31).map((id, i) => ({
		...{ id, probability: 0.1 + i / 3 },
		...(text && { textProbabilities: text[i] }),
	}));
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

	const put = { kind: "put", file: "a", fingerprint: "1", tokens: Int32Array.of(1) };

	test.each([
		["no change", undefined],
		["an unknown change", { kind: "forget", file: "a" }],
		["no path to open", { kind: "open", path: "" }],
		["a file that is no name", { ...put, file: 1 }],
		["a name beyond all bounds", { kind: "remove", file: "a".repeat(5000) }],
		["a fingerprint beyond all bounds", { ...put, fingerprint: "1".repeat(101) }],
		["plain tokens", { ...put, tokens: [1] }],
		["tokens of another kind", { ...put, tokens: Float64Array.of(1) }],
		["negative tokens", { ...put, tokens: Int32Array.of(1, -1) }],
		["tokens beyond all bounds", { ...put, tokens: new Int32Array(2e6) }],
		["an unknown field", { ...put, text: "x" }],
	])("of learning with %s are refused, and name their request", (_, change) => {
		expect(parseToEngine({ kind: "learn", id: 7, change })).toMatchObject({
			kind: "malformed",
			id: 7,
		});
	});

	test.each([
		["known files as an object", { known: { a: "1" } }],
		["a fingerprint that is none", { known: new Map([["a", 1]]) }],
		["a negative count", { files: -1 }],
		["half a token", { tokens: 0.5 }],
		["no memory", { bytes: undefined }],
	])("of a report with %s are refused", (_, wrong) => {
		const report = { known: new Map(), files: 1, tokens: 2, bytes: 3, ...wrong };
		expect(parseFromEngine({ kind: "learned", id: 7, report })).toMatchObject({
			kind: "malformed",
			id: 7,
		});
	});

	test("name the request that they belong to, where it can be told", () => {
		expect(parseToEngine({ ...good, request: undefined })).toMatchObject({ id: 1 });
		expect(parseToEngine({ kind: "generate", id: {} })).toMatchObject({ id: undefined });
		const alone = { textLengths: undefined, textProbabilities: new Float64Array(0) };
		const one = { ids: Int32Array.of(1), probabilities: Float64Array.of(1), ...alone };
		for (const wrong of [
			{ ids: Int32Array.of(1, 2) },
			{ textLengths: Int32Array.of(2), textProbabilities: Float64Array.of(1) },
			{ textLengths: Int32Array.of(1, 0), textProbabilities: Float64Array.of(1) },
			{ textLengths: Int32Array.of(-1), textProbabilities: new Float64Array(0) },
			{ textProbabilities: Float64Array.of(1) },
		]) {
			expect(parseFromEngine({ kind: "tokens", id: 4, ...one, ...wrong })).toMatchObject({
				...{ kind: "malformed", id: 4 },
			});
		}
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
