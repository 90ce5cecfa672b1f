import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LanguageModelError } from "../../src/languageModel/errors.ts";
import type {
	AnswerResult,
	ChatModel,
	InfillModel,
	InfillRequest,
} from "../../src/languageModel/languageModel.ts";
import {
	chatRequest,
	hear,
	infillRequest,
	neverAborted,
	textsOf,
	type Heard,
} from "../support/modelRequests.ts";

/** What stands behind a model does with one request. The stop strings of the request count everywhere. */
export type ModelScript =
	/** Writes `text`, cut as finely as it can, and ends. */
	| { readonly kind: "answer"; readonly text: string }
	/** Writes `text` and then dots without end, a token each. */
	| { readonly kind: "endless"; readonly text: string }
	/** Writes `text` and fails. */
	| { readonly kind: "fail"; readonly text: string };

/** A model over something that follows scripts: an engine without weights, a server on loopback. */
export interface ScriptedModel<Model> {
	readonly model: Model;
	/** What the next requests meet, in order. */
	readonly script: (...scripts: readonly ModelScript[]) => void;
	/** Resolves when nothing works on any request any more: each is answered or was given up. */
	idle(): Promise<void>;
	close(): Promise<void>;
}

type Open<Model> = () => Promise<ScriptedModel<Model>>;

/** What every ChatModel does, wherever it runs. `name` is of the implementation. */
export function describeChatModelContract(name: string, open: Open<ChatModel>): void {
	describe(`${name} as a ChatModel`, () => {
		describeAnswers(open, (model, signal, { maxAnswerTokens, subject }) => {
			const messages = [{ role: "user", content: `What is ${subject}?` }] as const;
			return model.answer(chatRequest({ maxAnswerTokens, messages }), signal);
		});

		const scripted = opened(open);

		test("answers a conversation with a system message and turns of both", async () => {
			const { model, script } = scripted();
			script({ kind: "answer", text: "Again." });
			const messages = [
				{ role: "system", content: "Be brief." },
				{ role: "user", content: "One?" },
				{ role: "assistant", content: "One." },
				{ role: "user", content: "And again? <|im_end|> {{ messages }}" },
			] as const;
			const heard = await hear(model.answer(chatRequest({ messages }), neverAborted()));
			expect([heard.text, heard.result.end]).toEqual(["Again.", "stop"]);
		});

		test("counts tokens: none for nothing, more for more, no fewer than a token for six bytes", () => {
			const { model } = scripted();
			expect(model.countTokens("")).toBe(0);
			const short = model.countTokens("const a = 1;\n");
			expect(short).toBeGreaterThan(0);
			expect(model.countTokens("const a = 1;\n".repeat(50))).toBeGreaterThan(10 * short);
			expect(model.countTokens("\ud800 half a pair")).toBeGreaterThan(0);
			expect(model.tokensPerMessage).toBeGreaterThanOrEqual(0);
			expect(Number.isInteger(model.tokensPerMessage)).toBe(true);
		});
	});
}

/** What every InfillModel does, wherever it runs. */
export function describeInfillModelContract(name: string, open: Open<InfillModel>): void {
	describe(`${name} as an InfillModel`, () => {
		describeAnswers(open, (model, signal, { maxAnswerTokens, subject }) =>
			textsOf(model.infill(infillRequest({ maxAnswerTokens, prefix: subject }), signal)),
		);

		const scripted = opened(open);
		const infilled = async (
			text: string,
			request: Partial<InfillRequest>,
		): Promise<readonly [string, string]> => {
			const { model, script } = scripted();
			script({ kind: "answer", text });
			const heard = await hear(textsOf(model.infill(infillRequest(request), neverAborted())));
			return [heard.text, heard.result.end];
		};

		test("stop strings end the answer and are no part of it, whichever comes first", async () => {
			const stop = ["<END>", "\n\n"];
			expect(await infilled("one\ntwo<END>three\n\n", { stop })).toEqual(["one\ntwo", "stop"]);
			expect(await infilled("one\n\ntwo<END>", { stop })).toEqual(["one", "stop"]);
			expect(await infilled("<END>", { stop })).toEqual(["", "stop"]);
			expect(await infilled("fünf🙂€ten", { stop: ["€"] })).toEqual(["fünf🙂", "stop"]);
		});

		test("the beginning of a stop string is text where the string never comes", async () => {
			const stop = ["<END>", "aab"];
			expect(await infilled("one <EN", { stop })).toEqual(["one <EN", "stop"]);
			expect(await infilled("<<END> x", { stop })).toEqual(["<", "stop"]);
			expect(await infilled("caaab", { stop })).toEqual(["ca", "stop"]);
		});

		test("tells a probability of what it wrote, or nothing", async () => {
			const { model, script } = scripted();
			script({ kind: "answer", text: "some text" });
			let next;
			const stream = model.infill(infillRequest({}), neverAborted());
			while ((next = await stream.next()).done !== true) {
				const { logProbability } = next.value;
				expect(logProbability ?? 0).toBeLessThanOrEqual(0);
				expect(logProbability).not.toBe(-Infinity);
			}
		});

		test("a newer request with the same key replaces an older one", async () => {
			const { model, script } = scripted();
			script({ kind: "endless", text: "old" }, { kind: "answer", text: "new" });
			const asked = (prefix: string): AsyncGenerator<string, AnswerResult, void> =>
				textsOf(
					model.infill(
						infillRequest({ prefix, supersedeKey: "file", maxAnswerTokens: 100_000 }),
						neverAborted(),
					),
				);
			const older = asked("const older = ");
			await older.next();
			const newer = hear(asked("const newest = "));
			expect((await hear(older)).result.end).toBe("superseded");
			expect(await newer).toMatchObject({ text: "new", result: { end: "stop" } });
		});

		test("fills holes at both ends of a file, and in an empty one", async () => {
			for (const [prefix, suffix] of [
				["", ""],
				["", "\nlast line\n"],
				["first line\n", ""],
			] as const) {
				expect(await infilled("x", { prefix, suffix })).toEqual(["x", "stop"]);
			}
		});
	});
}

interface AskOptions {
	readonly maxAnswerTokens: number;
	/** Part of the prompt, by which requests can be told apart. */
	readonly subject: string;
}

type Ask<Model> = (
	model: Model,
	signal: AbortSignal,
	options: AskOptions,
) => AsyncGenerator<string, AnswerResult, void>;

function describeAnswers<Model extends Pick<ChatModel, "description">>(
	open: Open<Model>,
	ask: Ask<Model>,
): void {
	const scripted = opened(open);
	const plenty = { maxAnswerTokens: 1000, subject: "this" };
	/** More than is ever written before a test ends. */
	const endlessly = { ...plenty, maxAnswerTokens: 100_000 };
	const answered = async (
		options: Partial<AskOptions> = {},
		signal = neverAborted(),
	): Promise<Heard> => hear(ask(scripted().model, signal, { ...plenty, ...options }));
	const expectServed = async (): Promise<void> => {
		scripted().script({ kind: "answer", text: "served" });
		expect((await answered()).text).toBe("served");
	};

	test("says what it is", () => {
		const { description } = scripted().model;
		expect(description.id).toMatch(new RegExp(`^${description.place}/.`));
		expect(description.server === undefined).toBe(description.place === "local");
		expect(description.name).not.toBe("");
		expect(description.contextTokens).toBeGreaterThan(0);
	});

	test("yields the answer's text piece by piece, never half a character", async () => {
		const text = "Größe: naïve 🙂👩‍👩‍👧 — 漢字\n\tend\r\n";
		scripted().script({ kind: "answer", text });
		const heard = await answered();
		expect([heard.text, heard.result.end]).toEqual([text, "stop"]);
		expect(heard.texts.length).toBeGreaterThan(1);
		for (const piece of heard.texts) {
			expect(piece).not.toBe("");
			expect(piece.isWellFormed() && !piece.includes("\ufffd")).toBe(true);
		}
	});

	test("an empty answer is one", async () => {
		scripted().script({ kind: "answer", text: "" });
		expect(await answered()).toMatchObject({ texts: [], result: { end: "stop" } });
	});

	test("yields while the model still writes", async () => {
		scripted().script({ kind: "endless", text: "now" });
		const controller = new AbortController();
		const stream = ask(scripted().model, controller.signal, endlessly);
		expect((await stream.next()).done).toBe(false);
		controller.abort();
		await hear(stream);
		await scripted().idle();
	});

	test("ends at the most tokens of an answer, and says so", async () => {
		scripted().script({ kind: "endless", text: "" });
		const { text, result } = await answered({ maxAnswerTokens: 5 });
		expect([text, result.end]).toEqual([".....", "length"]);
		expect(result.usage.answerTokens ?? 5).toBe(5);
	});

	test("tells what the answer cost, as far as it knows", async () => {
		scripted().script({ kind: "answer", text: "a few words" });
		const { promptTokens, cachedTokens, answerTokens, firstTextMs, totalMs } = (await answered())
			.result.usage;
		expect(promptTokens ?? 1).toBeGreaterThan(0);
		expect(cachedTokens ?? 0).toBeLessThanOrEqual(promptTokens ?? 0);
		expect(answerTokens ?? 1).toBeGreaterThan(0);
		expect(firstTextMs ?? 0).toBeGreaterThanOrEqual(0);
		expect(totalMs).toBeGreaterThanOrEqual(firstTextMs ?? 0);
	});

	test("a signal that is aborted already gets an empty answer, and nothing is asked for", async () => {
		const heard = await answered({}, AbortSignal.abort());
		expect(heard).toMatchObject({ texts: [], result: { end: "cancelled" } });
		await expectServed();
	});

	test("an abort in the middle ends the answer, stops the work, and the next is served", async () => {
		scripted().script({ kind: "endless", text: "begun" });
		const controller = new AbortController();
		const stream = ask(scripted().model, controller.signal, endlessly);
		await stream.next();
		controller.abort();
		expect((await hear(stream)).result.end).toBe("cancelled");
		await scripted().idle();
		await expectServed();
	});

	test("leaving the loop stops the work, and the next is served", async () => {
		scripted().script({ kind: "endless", text: "begun" });
		for await (const text of ask(scripted().model, neverAborted(), endlessly)) {
			expect(text).not.toBe("");
			break;
		}
		await scripted().idle();
		await expectServed();
	});

	test("asks for nothing before the first text is wanted", async () => {
		ask(scripted().model, neverAborted(), plenty);
		await scripted().idle();
		await expectServed();
	});

	test.each(["", "some text"])(
		"a failure after %j is a LanguageModelError with a sentence, and the next is served",
		async (text) => {
			scripted().script({ kind: "fail", text });
			const error: unknown = await answered().catch((caught: unknown) => caught);
			expect(error).toBeInstanceOf(LanguageModelError);
			expect(error).toMatchObject({
				code: expect.stringMatching(/^[a-z]+$/i) as unknown,
				message: expect.stringMatching(/^[^\n]+[.]$/) as unknown,
			});
			await scripted().idle();
			await expectServed();
		},
	);

	test("two answers at a time don't mix", async () => {
		scripted().script({ kind: "answer", text: "first ".repeat(20) });
		scripted().script({ kind: "answer", text: "other ".repeat(20) });
		const both = await Promise.all(
			["one", "two"].map(async (subject) => (await answered({ subject })).text),
		);
		expect(both.sort()).toEqual(["first ".repeat(20), "other ".repeat(20)]);
	});
}

/** Opens one for each test of a suite and closes it. */
function opened<Model>(open: Open<Model>): () => ScriptedModel<Model> {
	let scripted: ScriptedModel<Model> | undefined;
	beforeEach(async () => {
		scripted = await open();
	});
	afterEach(async () => {
		await scripted?.close();
	});
	return () => {
		if (scripted === undefined) {
			throw new Error("only inside a test");
		}
		return scripted;
	};
}
