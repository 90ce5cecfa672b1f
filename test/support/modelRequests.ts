import { withResult } from "../../src/base/asyncGenerators.ts";
import type {
	AnswerResult,
	ChatRequest,
	InfillRequest,
	InfillText,
} from "../../src/languageModel/languageModel.ts";

export function chatRequest(overrides: Partial<ChatRequest> = {}): ChatRequest {
	return {
		messages: [{ role: "user", content: "What does this do?" }],
		maxAnswerTokens: 1000,
		temperature: 0,
		...overrides,
	};
}

export function infillRequest(overrides: Partial<InfillRequest> = {}): InfillRequest {
	return {
		path: "src/area.ts",
		languageId: "typescript",
		prefix: "export function areaOf(width: number) {\n\treturn ",
		suffix: ";\n}\n",
		pieces: [],
		maxPromptTokens: 512,
		maxAnswerTokens: 1000,
		stop: [],
		temperature: 0,
		seed: 1,
		minJointProbability: 0,
		priority: "chat",
		...overrides,
	};
}

export function neverAborted(): AbortSignal {
	return new AbortController().signal;
}

export interface Heard {
	readonly texts: readonly string[];
	readonly text: string;
	readonly result: AnswerResult;
}

/** Listens to an answer until its end. */
export async function hear(stream: AsyncGenerator<string, AnswerResult, void>): Promise<Heard> {
	const texts: string[] = [];
	let next = await stream.next();
	while (next.done !== true) {
		texts.push(next.value);
		next = await stream.next();
	}
	return { texts, text: texts.join(""), result: next.value };
}

/** An infill answer without its probabilities, to {@link hear}. */
export async function* textsOf(
	stream: AsyncGenerator<InfillText, AnswerResult, void>,
): AsyncGenerator<string, AnswerResult, void> {
	const ended: { result?: AnswerResult } = {};
	for await (const { text } of withResult(stream, (result) => (ended.result = result))) {
		yield text;
	}
	if (ended.result === undefined) {
		throw new Error("a stream that is at its end has a result");
	}
	return ended.result;
}
