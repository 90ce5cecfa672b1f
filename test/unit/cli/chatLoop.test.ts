import { PassThrough } from "node:stream";
import { text as textOf } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { chatOverLines, type ChatLoopOptions } from "../../../src/cli/chatLoop.ts";
import { LanguageModelError } from "../../../src/languageModel/errors.ts";
import {
	uncountedUsage,
	type AnswerResult,
	type ChatMessage,
	type ChatModel,
	type ChatRequest,
} from "../../../src/languageModel/languageModel.ts";

type Answer = (
	request: ChatRequest,
	signal: AbortSignal,
) => AsyncGenerator<string, AnswerResult["end"], void>;

/** Answers as told; a character is a token. */
class ToldModel implements ChatModel {
	readonly description = {
		id: "local/told",
		name: "told",
		place: "local",
		server: undefined,
		contextTokens: 100,
	} as const;
	readonly tokensPerMessage = 1;
	readonly asked: (readonly ChatMessage[])[] = [];
	readonly #answer: Answer;

	constructor(answer: Answer) {
		this.#answer = answer;
	}

	async *answer(
		request: ChatRequest,
		signal: AbortSignal,
	): AsyncGenerator<string, AnswerResult, void> {
		this.asked.push(request.messages);
		return { end: yield* this.#answer(request, signal), usage: uncountedUsage };
	}

	countTokens(text: string): number {
		return text.length;
	}
}

async function* echo({ messages }: ChatRequest): ReturnType<Answer> {
	await Promise.resolve();
	yield "You said: ";
	yield messages.at(-1)?.content ?? "";
	return "stop";
}

async function talk(
	lines: string,
	answer: Answer = echo,
	options: Partial<ChatLoopOptions> = {},
): Promise<{
	readonly output: string;
	readonly notices: string;
	readonly unanswered: number;
	readonly asked: readonly (readonly ChatMessage[])[];
}> {
	const model = new ToldModel(answer);
	const [input, output, notices] = [new PassThrough(), new PassThrough(), new PassThrough()];
	input.end(lines);
	const unanswered = await chatOverLines({
		...{ model, input, output, notices, isTerminal: false, system: "" },
		...{ maxAnswerTokens: 20, temperature: 0, onInterrupt: () => () => undefined },
		...options,
	});
	output.end();
	notices.end();
	return {
		output: await textOf(output),
		notices: await textOf(notices),
		unanswered,
		asked: model.asked,
	};
}

const contents = (messages: readonly ChatMessage[] | undefined): readonly string[] =>
	(messages ?? []).map(({ role, content }) => `${role}: ${content}`);

describe("a conversation over lines", () => {
	test("answers each line, and tells the model what was said before", async () => {
		const { output, asked, unanswered } = await talk("one\n\n  two  \n", echo, { system: "Be." });
		expect(output).toBe("You said: one\nYou said: two\n");
		expect(unanswered).toBe(0);
		expect(asked.map(contents)).toEqual([
			["system: Be.", "user: one"],
			["system: Be.", "user: one", "assistant: You said: one", "user: two"],
		]);
	});

	test("begins anew with /new", async () => {
		const { asked } = await talk("one\n/new\ntwo\n");
		expect(asked.map(contents)).toEqual([["user: one"], ["user: two"]]);
	});

	test("forgets its beginning when the context is full, and says so", async () => {
		const { asked, notices } = await talk(`${"a".repeat(30)}\n${"b".repeat(20)}\n`);
		expect(contents(asked[1])).toEqual([`user: ${"b".repeat(20)}`]);
		expect(notices).toBe("(The beginning of the conversation no longer fits the model.)\n");
	});

	test("goes on after a question that failed, which it forgets, and counts it", async () => {
		let count = 0;
		const { output, notices, unanswered, asked } = await talk(
			"one\ntwo\n",
			async function* (request) {
				if (count++ === 0) {
					yield "half";
					throw new LanguageModelError("engineFailed", "It broke; restart it.");
				}
				return yield* echo(request);
			},
		);
		expect([output, notices]).toEqual(["half\nYou said: two\n", "It broke; restart it.\n"]);
		expect([unanswered, contents(asked[1])]).toEqual([1, ["user: two"]]);
	});

	test("stops the answer at Ctrl+C and keeps what there is of it", async () => {
		let interrupt: () => void = () => undefined;
		let isForgotten = false;
		const { output, notices, asked } = await talk(
			"one\ntwo\n",
			async function* (request, signal) {
				if (request.messages.length > 1) {
					return yield* echo(request);
				}
				yield "begun";
				interrupt();
				await Promise.resolve();
				return signal.aborted ? "cancelled" : "stop";
			},
			{
				onInterrupt: (listener) => {
					interrupt = listener;
					return () => (isForgotten = true);
				},
			},
		);
		expect([output, notices]).toEqual(["begun\nYou said: two\n", "(stopped)\n"]);
		expect(contents(asked[1])).toEqual(["user: one", "assistant: begun", "user: two"]);
		expect(isForgotten).toBe(true);
	});

	test("ends at Ctrl+C while it waits for a question", async () => {
		const input = new PassThrough();
		const ended = talk("", echo, {
			input,
			onInterrupt: (listener) => {
				setImmediate(listener);
				return () => undefined;
			},
		});
		expect((await ended).output).toBe("");
	});

	test("says when an answer was cut", async () => {
		const { notices } = await talk("one\n", async function* () {
			await Promise.resolve();
			yield "x";
			return "length";
		});
		expect(notices).toBe("(cut at the most tokens of an answer)\n");
	});

	test("leaves out what the model thinks aloud", async () => {
		const { output } = await talk("one\n", async function* () {
			await Promise.resolve();
			yield "<think>Hm";
			yield ".</think>\n\nSo.";
			return "stop";
		});
		expect(output).toBe("So.\n");
	});

	test("lets no control character through to the terminal", async () => {
		const { output } = await talk("one\n", async function* () {
			await Promise.resolve();
			yield "a\u001b]0;title\u0007b\r\n\tc\u009b2J🙂";
			return "stop";
		});
		expect(output).toBe("a]0;titleb\n\tc2J🙂\n");
	});
});
