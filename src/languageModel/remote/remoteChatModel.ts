import { HeldText } from "../heldText.ts";
import type { AnswerResult, ChatModel, ChatRequest, ModelDescription } from "../languageModel.ts";
import { parseChatChunk } from "./answerChunks.ts";
import { AnswerMeter, answerPieces } from "./answerPieces.ts";
import { neutralizeControlTokens } from "./controlTokens.ts";
import { ServerFault } from "./faults.ts";
import { describeServed, type ServedModel } from "./servedModel.ts";
import type { ServerAddress } from "./serverAddress.ts";
import { SpokenText } from "./spokenText.ts";
import { estimateTokens } from "./tokenEstimate.ts";

/** Answers conversations by `/v1/chat/completions` of a server. */
export class RemoteChatModel implements ChatModel {
	/** What templates put around a message: role and its markers, at most 7 tokens in those of common models. */
	readonly tokensPerMessage = 8;
	readonly #served: ServedModel;

	constructor(served: ServedModel) {
		this.#served = served;
	}

	get description(): ModelDescription {
		return describeServed(this.#served);
	}

	countTokens(text: string): number {
		return estimateTokens(text);
	}

	async *answer(
		request: ChatRequest,
		signal: AbortSignal,
	): AsyncGenerator<string, AnswerResult, void> {
		const { facts, address, clock } = this.#served;
		const meter = new AnswerMeter(clock);
		const model = signal.aborted ? undefined : await this.#model(signal);
		if (model === undefined) {
			return meter.result("cancelled");
		}
		const pieces = answerPieces(
			{
				served: this.#served,
				request: {
					method: "post",
					path: "/chat/completions",
					body: chatBody(request, model, facts.kind === "openai" && isOpenAi(address)),
					model,
					urgency: "chat",
				},
				parse: parseChatChunk,
				meter,
				maxAnswerTokens: request.maxAnswerTokens,
			},
			signal,
		);
		// A chunk may end in the middle of a character.
		const held = new HeldText([]);
		const spoken = new SpokenText();
		let thinks = false;
		let hasText = false;
		try {
			for (;;) {
				const next = await pieces.next();
				if (next.done === true) {
					held.push(next.value === "cancelled" ? "" : spoken.end(), undefined);
					const rest = next.value === "cancelled" ? undefined : held.releaseAll();
					if (rest !== undefined) {
						yield rest.text;
					} else if (thinks && !hasText && next.value !== "cancelled") {
						throw onlyThought(model);
					}
					return meter.result(next.value);
				}
				held.push(spoken.push(next.value.text), undefined);
				thinks ||= next.value.thinks || spoken.hasThought;
				const released = held.release();
				if (released !== undefined) {
					hasText = true;
					yield released.text;
				}
			}
		} finally {
			await pieces.return("cancelled");
		}
	}

	/** Undefined when `signal` aborted. */
	async #model(signal: AbortSignal): Promise<string | undefined> {
		const { facts } = this.#served;
		return facts.model === "" ? (await facts.known(signal, "chat"))?.model : facts.model;
	}
}

function onlyThought(model: string): ServerFault {
	return new ServerFault(
		"badAnswer",
		`“${model}” thought, and stopped before it gave an answer; ask for less, or turn its thinking off on the server.`,
	);
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
