import { expect, test } from "vitest";
import { chatRequest, infillRequest } from "../../../support/modelRequests.ts";
import {
	chatAnswer,
	completionAnswer,
	completionDelta,
	completionEnd,
	events,
	sendJson,
	usageEvent,
} from "../../../support/loopbackServer.ts";
import { faultIn, openServer, secretKey } from "./openServer.ts";

const hole = { prefix: "const a = ", suffix: ";\n" };

test("nothing is sent before a model is asked", async () => {
	const { loopback, server } = await openServer({ kind: "auto", model: "" });
	expect([server.chat.description.contextTokens, server.health.kind]).toEqual([8192, "unknown"]);
	expect(loopback.requests).toEqual([]);
});

test("a conversation goes to /v1/chat/completions as a stream with usage", async () => {
	const { loopback, chat } = await openServer();
	loopback.reply(chatAnswer("Be", "cause."));
	const heard = await chat("Why <|im_end|>?");
	expect(heard).toMatchObject({
		texts: ["Be", "cause."],
		result: { end: "stop", usage: { promptTokens: 12, cachedTokens: 4, answerTokens: 2 } },
	});
	expect(loopback.asked[0]?.url).toBe("/v1/chat/completions");
	expect(loopback.lastBody).toEqual({
		model: "qwen2.5-coder",
		messages: [{ role: "user", content: "Why < |im_end|>?" }],
		max_tokens: chatRequest().maxAnswerTokens,
		temperature: 0,
		stream: true,
		stream_options: { include_usage: true },
	});
});

test("only the headers that a request needs are sent, the key among them", async () => {
	const { loopback, chat } = await openServer();
	loopback.reply(chatAnswer("ok"));
	await chat();
	const headers = loopback.asked[0]?.headers ?? {};
	expect(headers.authorization).toBe(`Bearer ${secretKey}`);
	expect(headers["user-agent"]).toBe("mote");
	expect(Object.keys(headers).filter((name) => /stainless|openai/.test(name))).toEqual([]);
});

test("without a key no authorization is sent, whatever the environment holds", async () => {
	process.env["OPENAI_API_KEY"] = "sk-of-another-server";
	process.env["OPENAI_CUSTOM_HEADERS"] = "x-other: secret";
	try {
		const { loopback, chat } = await openServer({ key: () => Promise.resolve(undefined) });
		loopback.reply(chatAnswer("ok"));
		await chat();
		const headers = loopback.asked[0]?.headers ?? {};
		expect([headers.authorization, headers["x-other"]]).toEqual([undefined, undefined]);
	} finally {
		delete process.env["OPENAI_API_KEY"];
		delete process.env["OPENAI_CUSTOM_HEADERS"];
	}
});

test("vLLM gets a prompt with the markers of the model's family, and shows special tokens", async () => {
	const { loopback, fill } = await openServer({ kind: "vllm" });
	loopback.reply(completionAnswer("1"));
	expect((await fill({ ...hole, stop: ["\n\n"] })).text).toBe("1");
	expect(loopback.asked[0]?.url).toBe("/v1/completions");
	expect(loopback.lastBody).toEqual({
		model: "qwen2.5-coder",
		prompt: "<|fim_prefix|>const a = <|fim_suffix|>;\n<|fim_middle|>",
		max_tokens: infillRequest().maxAnswerTokens,
		temperature: 0,
		seed: 1,
		stop: ["\n\n", "<|endoftext|>", "<|file_sep|>", "<|fim_pad|>"],
		logprobs: 1,
		skip_special_tokens: false,
		repetition_penalty: 1,
		stream: true,
		stream_options: { include_usage: true },
	});
});

test("at most four stop strings are sent, and all of them end the answer", async () => {
	const { loopback, fill } = await openServer();
	const stop = ["#1", "#2", "#3", "#4"];
	loopback.reply(completionAnswer("text", "<|fim_", "pad|>", "more"));
	expect(await fill({ stop })).toMatchObject({ text: "text", result: { end: "stop" } });
	expect(loopback.lastBody["stop"]).toEqual(stop);
});

test("llama.cpp gets the parts as they are at /infill, beside /v1", async () => {
	const { loopback, fill } = await openServer({ kind: "llama.cpp", model: "any.gguf" });
	loopback.reply(
		events(
			{ content: "1", stop: false, completion_probabilities: [{ token: "1", logprob: -0.5 }] },
			{ content: "", stop: true, stop_type: "limit", tokens_evaluated: 7, tokens_predicted: 1 },
		),
	);
	const pieces = [{ path: "b.ts", text: "export {};" }];
	expect(await fill({ prefix: "<|fim_pad|> a", suffix: ";", pieces })).toMatchObject({
		text: "1",
		result: { end: "length", usage: { promptTokens: 7, answerTokens: 1 } },
	});
	expect(loopback.asked[0]?.url).toBe("/infill");
	expect(loopback.lastBody).toMatchObject({
		input_prefix: "<|fim_pad|> a",
		input_suffix: ";",
		input_extra: [{ filename: "b.ts", text: "export {};\n" }],
		n_predict: infillRequest().maxAnswerTokens,
		n_probs: 1,
		stream: true,
	});
});

test("Ollama and DeepSeek get the suffix, never an empty one, free of control tokens", async () => {
	const { loopback, fill } = await openServer({ kind: "ollama" });
	loopback.reply(completionAnswer("1"), completionAnswer("2"));
	await fill({ prefix: "<|fim_suffix|>", suffix: "" });
	expect(loopback.lastBody).toMatchObject({ prompt: "< |fim_suffix|>", suffix: "\n" });
	expect(loopback.asked[0]?.url).toBe("/v1/completions");
	const deepSeek = await openServer({ kind: "deepseek", model: "deepseek-chat" });
	deepSeek.loopback.reply(completionAnswer("1"));
	await deepSeek.fill(hole);
	expect(deepSeek.loopback.asked[0]?.url).toBe("/beta/completions");
	expect(deepSeek.loopback.lastBody).toMatchObject({
		prompt: "const a = ",
		suffix: ";\n",
		logprobs: 1,
	});
	expect(deepSeek.loopback.lastBody).not.toHaveProperty("seed");
});

test("what a server is and which model it has is found out with one request", async () => {
	const { loopback, server, fill } = await openServer({ kind: "auto", model: "" });
	loopback.serveModels(
		sendJson(200, { data: [{ id: "starcoder2-3b", owned_by: "vllm", max_model_len: 4096 }] }),
	);
	loopback.reply(completionAnswer("1"), completionAnswer("2"));
	await fill(hole);
	await fill(hole);
	expect(loopback.requests.map(({ url }) => url)).toEqual([
		"/v1/models",
		"/v1/completions",
		"/v1/completions",
	]);
	expect(loopback.lastBody).toMatchObject({
		model: "starcoder2-3b",
		prompt: "<fim_prefix>const a = <fim_suffix>;\n<fim_middle>",
		skip_special_tokens: false,
	});
	expect(server.chat.description).toMatchObject({ name: "starcoder2-3b", contextTokens: 4096 });
});

test("a server that serves another model now is asked again which", async () => {
	const { loopback, fill, server } = await openServer({ kind: "auto", model: "" });
	const serve = (id: string, contextTokens: number): void =>
		loopback.serveModels(
			sendJson(200, { data: [{ id, owned_by: "vllm", max_model_len: contextTokens }] }),
		);
	serve("starcoder2-3b", 4096);
	loopback.reply(
		completionAnswer("1"),
		sendJson(404, { error: { message: "The model does not exist." } }),
		completionAnswer("2"),
	);
	await fill(hole);
	serve("qwen2.5-coder", 8192);
	expect((await faultIn(fill(hole))).code).toBe("notFound");
	expect((await fill(hole)).text).toBe("2");
	expect(loopback.lastBody).toMatchObject({ model: "qwen2.5-coder" });
	expect(server.chat.description).toMatchObject({ name: "qwen2.5-coder", contextTokens: 8192 });
});

test("a server without a list of models is taken for a plain one", async () => {
	const { loopback, fill } = await openServer({ kind: "auto" });
	loopback.serveModels(sendJson(404, { error: { message: "no such path" } }));
	loopback.reply(completionAnswer("1"));
	expect((await fill(hole)).text).toBe("1");
	expect(loopback.lastBody).not.toHaveProperty("skip_special_tokens");
});

test("a list of models tells their context lengths", async () => {
	const { loopback, server } = await openServer();
	const list = {
		object: "list",
		data: [
			{ id: "qwen2.5-coder", owned_by: "vllm", max_model_len: 32768 },
			{ id: "other", meta: null },
			{ id: "third.gguf", meta: { n_ctx: 16384, n_vocab: 5 } },
		],
	};
	loopback.serveModels(sendJson(200, list));
	expect(await server.listModels(new AbortController().signal)).toEqual([
		{ id: "qwen2.5-coder", contextTokens: 32768 },
		{ id: "other", contextTokens: undefined },
		{ id: "third.gguf", contextTokens: 16384 },
	]);
	expect(server.chat.description.contextTokens).toBe(32768);
	expect(server.health.kind).toBe("ready");
});

test("models that can't fill in the middle are known where the name and the server tell", async () => {
	const inOne = async (model: string, kind: "vllm" | "ollama"): Promise<boolean> =>
		(await openServer({ model, kind })).server.infill !== undefined;
	expect(await inOne("llama-3.1-8b", "vllm")).toBe(false);
	expect(await inOne("llama-3.1-8b", "ollama")).toBe(true);
	expect(await inOne("Mellum-4b-base", "vllm")).toBe(true);
});

test("a family can be named for a model whose name doesn't tell", async () => {
	const { loopback, fill } = await openServer({ model: "our-model", fimFamily: "codellama" });
	loopback.reply(completionAnswer("1"));
	await fill(hole);
	expect(loopback.lastBody["prompt"]).toBe("<PRE> const a =  <SUF>;\n <MID>");
});

test("an answer ends before it becomes too unlikely, within a chunk too", async () => {
	const { loopback, fill } = await openServer();
	const answer = events(
		completionDelta("ab", [-0.1, -0.1]),
		completionDelta("cde", [-0.1, -2, -0.1]),
		completionDelta("f", [-0.1]),
		completionEnd(),
		usageEvent(1, 6),
	);
	loopback.reply(answer, answer);
	expect(await fill({ minJointProbability: 0.5 })).toMatchObject({
		text: "abc",
		result: { end: "unlikely" },
	});
	expect((await fill({ minJointProbability: 0 })).text).toBe("abcdef");
});
