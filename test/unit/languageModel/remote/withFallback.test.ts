import { expect, test } from "vitest";
import {
	LanguageModelError,
	type LanguageModelErrorCode,
} from "../../../../src/languageModel/errors.ts";
import {
	uncountedUsage,
	type AnswerEnd,
	type AnswerResult,
	type ChatModel,
	type InfillText,
} from "../../../../src/languageModel/languageModel.ts";
import {
	chatWithFallback,
	infillWithFallback,
} from "../../../../src/languageModel/remote/withFallback.ts";
import {
	chatRequest,
	hear,
	infillRequest,
	neverAborted,
	textsOf,
} from "../../../support/modelRequests.ts";
import { ScriptedInfill } from "../../../support/scriptedInfill.ts";
import { completionAnswer, sendJson } from "../../../support/loopbackServer.ts";
import { completionPausesMs, faultIn, openServer } from "./openServer.ts";
import { HastyClock } from "../../../support/hastyClock.ts";

interface Script {
	readonly texts?: readonly string[];
	readonly fails?: LanguageModelErrorCode;
	readonly end?: AnswerEnd;
}

function model(name: string, { texts = [], fails, end = "stop" }: Script): ChatModel {
	return {
		description: { id: name, name, place: "local", server: undefined, contextTokens: 100 },
		tokensPerMessage: name.length,
		countTokens: (text) => text.length,
		answer: async function* (): AsyncGenerator<string, AnswerResult, void> {
			await Promise.resolve();
			yield* texts;
			if (fails !== undefined) {
				throw new LanguageModelError(fails, `${name} fails.`);
			}
			return { end, usage: uncountedUsage };
		},
	};
}

async function answered(
	remote: Script,
	local: Script = { texts: ["local"] },
): Promise<readonly [string, AnswerEnd, readonly string[]]> {
	const told: string[] = [];
	const both = chatWithFallback(model("far", remote), model("near", local), ({ name }) => {
		told.push(name);
	});
	const { text, result } = await hear(both.answer(chatRequest(), neverAborted()));
	return [text, result.end, told];
}

test("the preferred model answers while it can", async () => {
	expect(await answered({ texts: ["far", " away"] })).toEqual(["far away", "stop", ["far"]]);
	expect(await answered({ texts: [] })).toEqual(["", "stop", ["far"]]);
});

test.each(["serverUnreachable", "serverPaused", "rateLimited", "badAnswer"] as const)(
	"the other one stands in for %s, and it is told who answered",
	async (fails) => {
		expect(await answered({ fails })).toEqual(["local", "stop", ["near"]]);
	},
);

test.each(["unauthorized", "notFound", "promptTooLong", "requestRefused"] as const)(
	"%s is for the user to mend, and shows",
	async (fails) => {
		expect((await faultIn(answered({ fails }))).code).toBe(fails);
	},
);

test("nobody goes on with the text of another", async () => {
	const fault = await faultIn(answered({ texts: ["half"], fails: "serverUnreachable" }));
	expect(fault.message).toBe("far fails.");
});

test("a cancelled answer is nobody's", async () => {
	expect(await answered({ end: "cancelled" })).toEqual(["", "cancelled", []]);
});

test("when both fail the sentence is about what can be mended", async () => {
	const remote = { fails: "serverUnreachable" } as const;
	expect((await faultIn(answered(remote, { fails: "promptTooLong" }))).message).toBe("far fails.");
	expect((await faultIn(answered(remote, { fails: "engineFailed" }))).message).toBe("near fails.");
});

test("it describes itself as the preferred model, with the larger of the costs", () => {
	const both = chatWithFallback(model("far", {}), model("nearer", {}), () => undefined);
	expect([both.description.name, both.tokensPerMessage, both.countTokens("abc")]).toEqual([
		"far",
		6,
		3,
	]);
});

test("a local model fills holes while a real server is down, and stops when it is back", async () => {
	const { loopback, infill } = await openServer({ clock: new HastyClock(completionPausesMs) });
	const local = new ScriptedInfill();
	local.enqueue({ kind: "answer", deltas: ["from here"] });
	const told: string[] = [];
	const both = infillWithFallback(infill, local, ({ name }) => void told.push(name));
	loopback.reply(sendJson(500, {}), sendJson(500, {}), completionAnswer("from there"));
	const fill = async (): Promise<string> =>
		(await hear(textsOf(both.infill(infillRequest({ priority: "completion" }), neverAborted()))))
			.text;
	expect([await fill(), await fill()]).toEqual(["from here", "from there"]);
	expect(told).toEqual(["scripted", "qwen2.5-coder"]);
});

test("leaving the loop leaves the model's", async () => {
	const local = new ScriptedInfill();
	const far = new ScriptedInfill();
	far.enqueue({ kind: "hold", deltas: ["a", "b"] });
	const both = infillWithFallback(far, local, () => undefined);
	const texts: InfillText[] = [];
	for await (const text of both.infill(infillRequest(), neverAborted())) {
		texts.push(text);
		break;
	}
	expect([texts.length, local.requests.length]).toEqual([1, 0]);
});
