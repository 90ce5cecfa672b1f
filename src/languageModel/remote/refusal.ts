import * as z from "zod";
import type { TimeLimits } from "./timeLimits.ts";

/** The beginning of what a server has to say is enough, in UTF-16 units. */
const maxLength = 64 * 1024;

/**
 * What a server says when it refuses, in OpenAI's shape, which the client library expects. Beside it there are
 * Ollama's `{error: "…"}`, `{message: "…"}` of vLLM before 0.10 and FastAPI's `{detail: "…"}`.
 */
const refusalSchema = z.union([
	z.object({ error: z.object({ message: z.string() }) }).transform(({ error }) => error.message),
	z.object({ error: z.string() }).transform(({ error }) => error),
	z.object({ message: z.string() }).transform(({ message }) => message),
	z.object({ detail: z.string() }).transform(({ detail }) => detail),
]);

/** `response`, which has a status of failure, with its body read and put into that shape. */
export async function refusal(response: Response, limits: TimeLimits): Promise<Response> {
	const message = messageIn(await limits.within("betweenChunks", beginningOf(response)));
	return new Response(JSON.stringify({ error: { message } }), {
		status: response.status,
		headers: response.headers,
	});
}

async function beginningOf(response: Response): Promise<string> {
	const decoder = new TextDecoder();
	let text = "";
	try {
		const chunks: AsyncIterable<unknown> = response.body ?? noChunks();
		for await (const chunk of chunks) {
			text += chunk instanceof Uint8Array ? decoder.decode(chunk, { stream: true }) : "";
			if (text.length > maxLength) {
				break;
			}
		}
	} catch {
		// The status says enough where the rest doesn't come.
	}
	return text;
}

async function* noChunks(): AsyncGenerator<never> {
	// A response without a body.
}

function messageIn(text: string): string {
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch {
		return "";
	}
	const parsed = refusalSchema.safeParse(json);
	return parsed.success ? parsed.data : "";
}
