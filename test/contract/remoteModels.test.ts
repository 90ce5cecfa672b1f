import type { ServerResponse } from "node:http";
import { assert } from "../../src/base/assert.ts";
import { nullLogger } from "../../src/base/log.ts";
import type { ChatModel, InfillModel } from "../../src/languageModel/languageModel.ts";
import {
	createRemoteServer,
	type RemoteServer,
} from "../../src/languageModel/remote/createRemoteServer.ts";
import type { ServerKind } from "../../src/languageModel/remote/serverKind.ts";
import {
	LoopbackServer,
	beginEvents,
	chatDelta,
	chatEnd,
	completionDelta,
	completionEnd,
	doneEvent,
	event,
	sendJson,
	usageEvent,
	write,
	type ReceivedRequest,
	type Reply,
} from "../support/loopbackServer.ts";
import { patientClock } from "../support/patientClock.ts";
import {
	describeChatModelContract,
	describeInfillModelContract,
	type ModelScript,
	type ScriptedModel,
} from "./languageModel.ts";

/** How a server puts an answer into events. */
interface Wire {
	delta(text: string): object;
	end(reason: "stop" | "length", answerTokens: number): readonly object[];
	maxTokens(request: ReceivedRequest): unknown;
	readonly last: string;
}

const chatWire: Wire = {
	delta: chatDelta,
	end: (reason, tokens) => [chatEnd(reason), usageEvent(9, tokens, 4)],
	maxTokens: ({ body }) => body["max_tokens"],
	last: doneEvent,
};

const completionWire: Wire = {
	delta: (text) => completionDelta(text, [-0.001]),
	end: (reason, tokens) => [completionEnd(reason), usageEvent(9, tokens)],
	maxTokens: ({ body }) => body["max_tokens"],
	last: doneEvent,
};

const llamaCppWire: Wire = {
	delta: (text) => ({
		content: text,
		stop: false,
		completion_probabilities: [{ token: text, logprob: -0.001, top_logprobs: [] }],
	}),
	end: (reason, tokens) => [
		{
			content: "",
			stop: true,
			stop_type: reason === "length" ? "limit" : "eos",
			tokens_evaluated: 9,
			tokens_predicted: tokens,
		},
	],
	maxTokens: ({ body }) => body["n_predict"],
	last: "",
};

function follow(script: ModelScript, wire: Wire): Reply {
	return async (response, request) => {
		if (script.kind === "fail" && script.text === "") {
			sendJson(400, { error: { message: "It doesn't\nlike this." } })(response, request);
			return;
		}
		beginEvents(response);
		for (const character of script.text) {
			await writeInHalves(response, event(wire.delta(character)));
		}
		if (script.kind === "fail") {
			response.destroy();
			return;
		}
		let tokens = script.text.length + 1;
		if (script.kind === "endless") {
			const max = wire.maxTokens(request);
			assert(typeof max === "number", "the request bounds the answer");
			for (tokens = 0; tokens < max && !response.destroyed; tokens++) {
				await write(response, event(wire.delta(".")));
			}
		}
		const reason = script.kind === "endless" ? "length" : "stop";
		for (const value of wire.end(reason, tokens)) {
			await write(response, event(value));
		}
		response.end(wire.last);
	};
}

/** The network cuts where it likes, inside characters too. */
async function writeInHalves(response: ServerResponse, text: string): Promise<void> {
	const bytes = new TextEncoder().encode(text);
	const cut = bytes.findIndex((byte) => byte >= 0x80) + 1 || 5;
	await write(response, bytes.subarray(0, cut));
	await write(response, bytes.subarray(cut));
}

async function open<Model>(
	kind: ServerKind,
	wire: Wire,
	modelOf: (server: RemoteServer) => Model | undefined,
): Promise<ScriptedModel<Model>> {
	const loopback = await LoopbackServer.start();
	const server = createRemoteServer({
		address: loopback.origin,
		model: "qwen2.5-coder",
		kind,
		key: () => Promise.resolve("sk-test"),
		fetch: globalThis.fetch,
		clock: patientClock,
		logger: nullLogger,
		onDidChangeHealth: () => undefined,
	});
	const model = modelOf(server);
	assert(model !== undefined, "the server has such a model");
	return {
		model,
		script: (...scripts) => loopback.reply(...scripts.map((script) => follow(script, wire))),
		idle: () => loopback.idle(),
		close: async () => {
			server.dispose();
			await loopback.close();
		},
	};
}

const chatOf = (server: RemoteServer): ChatModel => server.chat;
const infillOf = (server: RemoteServer): InfillModel | undefined => server.infill;

describeChatModelContract("a remote server", () => open("openai", chatWire, chatOf));
describeInfillModelContract("vLLM", () => open("vllm", completionWire, infillOf));
describeInfillModelContract("llama.cpp", () => open("llama.cpp", llamaCppWire, infillOf));
describeInfillModelContract("Ollama", () => open("ollama", completionWire, infillOf));
