import type { Clock } from "../../base/clock.ts";
import type { AnswerResult, ChatModel, ChatRequest, ModelDescription } from "../languageModel.ts";
import { parseChatChunk } from "./answerChunks.ts";
import { AnswerMeter, answerPieces } from "./answerPieces.ts";
import { neutralizeControlTokens } from "./controlTokens.ts";
import { describeRemote } from "./remoteDescription.ts";
import type { ServerAddress } from "./serverAddress.ts";
import type { ServerConnection } from "./serverConnection.ts";
import type { ServerFacts } from "./serverFacts.ts";
import { StopScanner } from "./stopScanner.ts";
import { estimateTokens } from "./tokenEstimate.ts";

export interface RemoteModelOptions {
	readonly connection: ServerConnection;
	readonly facts: ServerFacts;
	readonly address: ServerAddress;
	readonly clock: Clock;
}

/** Answers conversations by `/v1/chat/completions` of a server. */
export class RemoteChatModel implements ChatModel {
	/** What templates put around a message: role and its markers, at most 7 tokens in those of common models. */
	readonly tokensPerMessage = 8;
	readonly #options: RemoteModelOptions;

	constructor(options: RemoteModelOptions) {
		this.#options = options;
	}

	get description(): ModelDescription {
		return describeRemote(this.#options.address, this.#options.facts);
	}

	countTokens(text: string): number {
		return estimateTokens(text);
	}

	async *answer(
		request: ChatRequest,
		signal: AbortSignal,
	): AsyncGenerator<string, AnswerResult, void> {
		const { connection, facts, address, clock } = this.#options;
		const meter = new AnswerMeter(clock);
		const model = signal.aborted ? undefined : await this.#model(signal);
		if (model === undefined) {
			return meter.result("cancelled");
		}
		const pieces = answerPieces(
			{
				connection,
				request: {
					method: "post",
					path: "/chat/completions",
					body: chatBody(request, model, facts.kind === "openai" && isOpenAi(address)),
					model,
					urgency: "chat",
				},
				parse: parseChatChunk,
				meter,
				clock,
				origin: address.origin,
			},
			signal,
		);
		const characters = new StopScanner([]);
		try {
			for (;;) {
				const next = await pieces.next();
				if (next.done === true) {
					const rest = characters.flush();
					if (rest !== "") {
						yield rest;
					}
					return meter.result(next.value);
				}
				const { text } = characters.push(next.value.text);
				if (text !== "") {
					yield text;
				}
			}
		} finally {
			await pieces.return("cancelled");
		}
	}

	/** Undefined when `signal` aborted. */
	async #model(signal: AbortSignal): Promise<string | undefined> {
		const { facts } = this.#options;
		return facts.model === "" ? (await facts.known(signal, "chat"))?.model : facts.model;
	}
}

/** OpenAI's own service refuses `max_tokens` for its newer models; compatible servers know nothing else. */
function isOpenAi(address: ServerAddress): boolean {
	return address.url.hostname === "api.openai.com";
}

function chatBody(request: ChatRequest, model: string, isOpenAiItself: boolean): object {
	return {
		model,
		messages: request.messages.map(({ role, content }) => ({
			role,
			content: neutralizeControlTokens(content.toWellFormed(), []),
		})),
		...(isOpenAiItself
			? { max_completion_tokens: request.maxAnswerTokens }
			: { max_tokens: request.maxAnswerTokens }),
		temperature: request.temperature,
		stream: true,
		stream_options: { include_usage: true },
	};
}
