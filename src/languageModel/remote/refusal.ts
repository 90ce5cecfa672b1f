import { wordsInText } from "./serverWords.ts";
import type { TimeLimits } from "../../base/network/timeLimits.ts";

/** The beginning of what a server has to say is enough, in UTF-16 units. */
const maxLength = 64 * 1024;

/**
 * `response`, which has a status of failure, with its body read and what it says put where the client library expects
 * it: {@link serverWords} reads the same from the library's error. The library would print a message of any depth.
 */
export async function refusal(response: Response, limits: TimeLimits): Promise<Response> {
	const words = wordsInText(await limits.within("betweenChunks", beginningOf(response)));
	return new Response(JSON.stringify({ error: words }), {
		status: response.status,
		headers: { ...retryHeaders(response), "content-type": "application/json" },
	});
}

function retryHeaders({ headers }: Response): Record<string, string> {
	return Object.fromEntries([...headers].filter(([name]) => name.startsWith("retry-after")));
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
