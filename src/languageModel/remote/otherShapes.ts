import { isRecord } from "./serverWords.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * An event of a protocol beside OpenAI's as one of OpenAI's: Ollama's own, on lines of JSON, llama.cpp's, and that of
 * Hugging Face's Text Generation Inference. Anything else stays what it is.
 */
export function inOpenAiShape(value: unknown): unknown {
	if (!isRecord(value) || "choices" in value) {
		return value;
	}
	const { message, response, token, content, stop } = value;
	if (isRecord(message) || typeof response === "string") {
		return ofOllama(value);
	}
	if (isRecord(token)) {
		return ofTextGeneration(value, token);
	}
	return typeof content === "string" && typeof stop === "boolean"
		? { choices: [{ text: content, finish_reason: stop ? "stop" : null }] }
		: value;
}

function ofOllama(value: Fields): object {
	const { message, response, thinking, done, done_reason: reason } = value;
	const delta = isRecord(message) ? message : { content: response, thinking };
	return {
		choices: [{ delta, finish_reason: done === true ? (reason ?? "stop") : null }],
		usage: { prompt_tokens: value["prompt_eval_count"], completion_tokens: value["eval_count"] },
	};
}

function ofTextGeneration(value: Fields, token: Fields): object {
	const { generated_text: whole, details } = value;
	const reason = isRecord(details) ? details["finish_reason"] : undefined;
	return {
		choices: [
			{
				text: token["special"] === true ? "" : token["text"],
				finish_reason: typeof whole === "string" ? (reason ?? "stop") : null,
			},
		],
	};
}
