import { expect, test } from "vitest";
import { systemClock } from "../../../src/base/clock.ts";
import { nullLogger } from "../../../src/base/log.ts";
import { EngineClient } from "../../../src/engineProcess/client.ts";
import { serveEngine } from "../../../src/engineProcess/server.ts";
import { answerOf, request, tokens } from "../../support/engineRequests.ts";
import { eventually } from "../../support/eventually.ts";
import { countingLogits, type FakeBackendOptions } from "../../support/fakeBackend.ts";
import { settle } from "../../support/fakeClock.ts";
import { fakeEngine } from "../../support/fakeEngine.ts";
import { pairedPorts } from "../../support/pairedPorts.ts";

function connected(options: FakeBackendOptions = {}) {
	const { engine, backend } = fakeEngine({ predict: countingLogits, ...options });
	const ports = pairedPorts();
	serveEngine(engine, ports.child, nullLogger, { onShutdown: () => undefined });
	const client = new EngineClient(ports.parent, systemClock, nullLogger);
	return { client, ports, engine, backend };
}

/** A client whose other end is the test, with what the client sent. */
function connectedToTest() {
	const ports = pairedPorts();
	const sent: unknown[] = [];
	ports.child.onMessage((message) => sent.push(message));
	return { client: new EngineClient(ports.parent, systemClock, nullLogger), ports, sent };
}

test("a closed connection ends every request with processDied, and every later one", async () => {
	const { client, ports } = connected({
		onPass: ({ index }) => {
			if (index === 2) {
				ports.close();
			}
		},
	});
	const answers = await Promise.allSettled([
		answerOf(client),
		answerOf(client, { priority: "chat" }),
	]);
	expect(answers).toMatchObject([
		{ status: "rejected", reason: { code: "processDied" } },
		{ status: "rejected", reason: { code: "processDied" } },
	]);
	await expect(answerOf(client)).rejects.toMatchObject({ code: "processDied" });
});

test("when the client is gone, the engine stops working for it", async () => {
	const { client, ports, engine, backend } = connected({
		onPass: ({ index }) => {
			if (index === 1) {
				ports.close();
			}
		},
	});
	await expect(answerOf(client, { maxNewTokens: 500 })).rejects.toThrow();
	// Runs when the engine has nothing better to do.
	await answerOf(engine, { priority: "background", maxNewTokens: 0 });
	expect(backend.passes.length).toBeLessThan(5);
});

test("leaving the loop aborts the request in the other process", async () => {
	const { client, ports, sent } = connectedToTest();
	const stream = client.generate(request(), new AbortController().signal);
	const first = stream.next();
	ports.child.send({
		kind: "tokens",
		id: 0,
		ids: Int32Array.of(7),
		probabilities: Float64Array.of(1),
		textLengths: undefined,
		textProbabilities: new Float64Array(0),
	});
	expect(await first).toEqual({ done: false, value: [{ id: 7, probability: 1 }] });
	await stream.return(undefined as never);
	await eventually(() => sent.length === 2);
	expect(sent[1]).toEqual({ kind: "abort", id: 0 });
	// What was on its way is dropped.
	ports.child.send({
		kind: "tokens",
		id: 0,
		ids: Int32Array.of(8),
		probabilities: Float64Array.of(1),
		textLengths: undefined,
		textProbabilities: new Float64Array(0),
	});
	await settle();
	expect(sent).toHaveLength(2);
});

test.each([
	["garbage", "garbage"],
	["an unknown kind", { kind: "gossip", id: 5 }],
	[
		"tokens of nobody",
		{
			kind: "tokens",
			id: 99,
			ids: Int32Array.of(1),
			probabilities: Float64Array.of(1),
			textLengths: undefined,
			textProbabilities: new Float64Array(0),
		},
	],
	[
		"a second answer to the handshake",
		{ kind: "ready", protocolVersion: 1, modelName: "", backendName: "" },
	],
])("%s from the engine's process harms nobody", async (_, message) => {
	const { client, ports } = connected();
	const answer = answerOf(client, { maxNewTokens: 2 });
	ports.child.send(message);
	expect((await answer).ids).toEqual([4, 5]);
});

test("a malformed answer fails the request that it names", async () => {
	const { client, ports } = connectedToTest();
	const answer = answerOf(client);
	const expectation = expect(answer).rejects.toMatchObject({ code: "runtimeFailed" });
	ports.child.send({ kind: "finished", id: 0, result: { finishReason: "tired" } });
	await expectation;
});

test("a malformed request fails by itself, and others are served", async () => {
	const { client, ports } = connected();
	const heard: unknown[] = [];
	ports.parent.onMessage((message) => heard.push(message));
	ports.parent.send({ kind: "generate", id: 77, request: { prompt: "x" } });
	ports.parent.send({ kind: "generate" });
	ports.parent.send(null);
	expect((await answerOf(client, { maxNewTokens: 1 })).ids).toEqual([4]);
	expect(heard).toContainEqual(
		expect.objectContaining({ kind: "failed", id: 77, code: "runtimeFailed" }),
	);
});

test("a bug in the engine fails the request, and others are served", async () => {
	const { client } = connected();
	await expect(answerOf(client, { prompt: tokens(31, 99) })).rejects.toMatchObject({
		code: "runtimeFailed",
	});
	expect((await answerOf(client, { maxNewTokens: 1 })).ids).toEqual([4]);
});
