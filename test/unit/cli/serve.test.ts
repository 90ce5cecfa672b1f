import { UserError } from "../../../src/base/userError.ts";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { defaultCompletionConfig } from "../../../src/completion/defaultConfig.ts";
import { serveCompletions } from "../../../src/cli/serve.ts";
import type {
	CompletionOutcome,
	CompletionProvider,
	CompletionRequest,
} from "../../../src/completion/completionProvider.ts";

/** Answers every request with `outcome` and keeps what it was asked. */
function providerOf(outcome: CompletionOutcome, asked: CompletionRequest[]): CompletionProvider {
	return {
		provide: (request) => {
			asked.push(request);
			return Promise.resolve(outcome);
		},
		prepare: () => Promise.resolve(),
		didAccept: () => undefined,
		settled: () => Promise.resolve(),
		dispose: () => undefined,
	};
}

async function check(
	lines: readonly string[],
	outcome: CompletionOutcome,
): Promise<{
	readonly answers: readonly unknown[];
	readonly asked: readonly CompletionRequest[];
}> {
	const asked: CompletionRequest[] = [];
	const output = new PassThrough();
	await serveCompletions(
		Readable.from(lines.map((line) => `${line}\n`)),
		output,
		providerOf(outcome, asked),
		defaultCompletionConfig,
		(root) =>
			root === "."
				? Promise.resolve({ files: 2, bytes: 10 })
				: Promise.reject(new UserError("indexFolder", `${root} can't be read.`)),
	);
	output.end();
	const answers = (await text(output)).trim().split("\n");
	return { answers: answers.map((line): unknown => JSON.parse(line)), asked };
}

const query = JSON.stringify({ id: 7, file: "a.py", prefix: "x = fo", suffix: ")\n" });

describe("mote complete --serve", () => {
	test("ping and index are acknowledged", async () => {
		const { answers } = await check([`{"op":"ping"}`, "", `{"op":"index","repoDir":"."}`], {
			kind: "none",
			reason: "disabled",
		});
		expect(answers).toEqual([{ ok: true }, { ok: true, files: 2, bytes: 10 }]);
	});

	test("a folder that can't be read is an answer, not the end", async () => {
		const { answers } = await check([`{"op":"index","repoDir":"x"}`, `{"op":"ping"}`], {
			kind: "none",
			reason: "disabled",
		});
		expect(answers).toEqual([{ error: "x can't be read." }, { ok: true }]);
	});

	test("a query is asked as one document and answered with what is new behind the cursor", async () => {
		const { answers, asked } = await check([query], {
			kind: "completion",
			// As for an entry of the suggest widget: it replaces what was typed of the word.
			completion: { insertText: "foo(1)", replace: { start: 4, end: 7 }, origin: "model" },
		});
		expect(answers).toEqual([{ id: 7, completion: "o(1)" }]);
		expect(asked).toEqual([
			{ path: "a.py", languageId: "python", text: "x = fo)\n", offset: 6, trigger: "invoked" },
		]);
	});

	test("no completion has a reason", async () => {
		const { answers } = await check([query], { kind: "none", reason: "notConfident" });
		expect(answers).toEqual([{ id: 7, completion: "", reason: "notConfident" }]);
	});

	test.each(["{", "[]", `{"op":"rm"}`, `{"prefix":"a"}`, `"x"`])(
		"%s gets an error and the next line is answered",
		async (line) => {
			const { answers } = await check([line, query], { kind: "none", reason: "disabled" });
			expect(answers).toEqual([
				{ error: expect.stringContaining("not a request") as unknown },
				{ id: 7, completion: "", reason: "disabled" },
			]);
		},
	);
});
