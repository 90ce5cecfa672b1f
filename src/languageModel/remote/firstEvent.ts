import type OpenAI from "openai";
import { refusalIn } from "./faults.ts";
import type { RefusedFields } from "./refusedFields.ts";
import type { ServerRequest } from "./serverRequest.ts";

/** A stream that has begun: its first event came. */
export interface BegunEvents {
	readonly first: unknown;
	readonly rest: AsyncIterator<unknown>;
}

/**
 * Sends a request, again without what the server refuses in it, until the first event of an answer; undefined for
 * an answer without one, and when `signal` aborted. Rejects with what the client library does.
 */
export async function firstEvent(
	client: OpenAI,
	request: ServerRequest,
	refused: RefusedFields,
	signal: AbortSignal,
): Promise<BegunEvents | undefined> {
	for (;;) {
		const body = refused.fitting(request.path, request.body);
		try {
			const { method, path } = request;
			const events = await client[method]<AsyncIterable<unknown>>(path, {
				body,
				signal,
				stream: true,
			});
			const rest = events[Symbol.asyncIterator]();
			const first = await rest.next();
			return first.done === true || signal.aborted ? undefined : { first: first.value, rest };
		} catch (error) {
			const refusal = refusalIn(error);
			const isLearned =
				refusal !== undefined && refused.learn(request.path, body, refusal.status, refusal.words);
			if (!isLearned) {
				throw error;
			}
		}
	}
}
