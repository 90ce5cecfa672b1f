import {
	uncountedUsage,
	type AnswerEnd,
	type AnswerResult,
	type ChatModel,
	type ChatRequest,
	type InfillModel,
	type InfillRequest,
	type InfillText,
} from "../../src/languageModel/languageModel.ts";

/** A ChatModel that answers by a function of what it is asked, a few characters at a time. */
export class AnsweringChatModel implements ChatModel {
	readonly description = {
		id: "local/answering",
		name: "Scripted",
		place: "local",
		server: undefined,
		contextTokens: 4096,
	} as const;
	readonly tokensPerMessage = 4;
	readonly requests: ChatRequest[] = [];

	constructor(private readonly respond: (question: string) => string) {}

	countTokens(text: string): number {
		return Math.ceil(text.length / 3);
	}

	async *answer(
		request: ChatRequest,
		signal: AbortSignal,
	): AsyncGenerator<string, AnswerResult, void> {
		this.requests.push(request);
		const text = this.respond(request.messages.at(-1)?.content ?? "");
		for (let at = 0; at < text.length; at += 7) {
			await Promise.resolve();
			if (signal.aborted) {
				return resultOf("cancelled");
			}
			yield text.slice(at, at + 7);
		}
		return resultOf("stop");
	}
}

/** What fills one hole. */
export interface HoleFilling {
	readonly text: string;
	readonly logProbability?: number;
	readonly end?: AnswerEnd;
}

/** An InfillModel that fills holes by a function of the request, which may wait for something first. */
export class AnsweringInfillModel implements InfillModel {
	readonly description = {
		id: "local/filling",
		name: "Scripted",
		place: "local",
		server: undefined,
		contextTokens: 4096,
	} as const;
	readonly requests: InfillRequest[] = [];

	constructor(
		private readonly respond: (request: InfillRequest) => HoleFilling | Promise<HoleFilling>,
	) {}

	async *infill(
		request: InfillRequest,
		signal: AbortSignal,
	): AsyncGenerator<InfillText, AnswerResult, void> {
		this.requests.push(request);
		const { text, logProbability, end = "stop" } = await this.respond(request);
		const half = Math.ceil(text.length / 2);
		for (const part of [text.slice(0, half), text.slice(half)]) {
			await Promise.resolve();
			if (signal.aborted) {
				return resultOf("cancelled");
			}
			yield {
				text: part,
				logProbability: logProbability === undefined ? undefined : logProbability / 2,
			};
		}
		return resultOf(end);
	}
}

function resultOf(end: AnswerEnd): AnswerResult {
	return {
		end,
		usage: uncountedUsage,
	};
}
