import { assert } from "../../base/assert.ts";
import { AnswerEvents } from "./answerEvents.ts";
import type { ServerAddress } from "./serverAddress.ts";
import { ServerFault } from "./faults.ts";
import { refusal } from "./refusal.ts";

import type { TimeLimits } from "../../base/network/timeLimits.ts";

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

export interface GuardedFetchOptions {
	readonly fetch: Fetch;
	readonly address: ServerAddress;
	/** Sent to this address only; undefined sends none. */
	readonly key: string | undefined;
	readonly limits: TimeLimits;
	/** Whether the answer has to be a stream of events. */
	readonly streams: boolean;
}

/** A token with its probabilities takes under 1 KiB, a list of 10,000 models about 2 MiB. */
const maxEventUnits = 1024 * 1024;
const maxStreamBytes = 64 * 1024 * 1024;
const maxJsonBytes = 8 * 1024 * 1024;

/**
 * The only way to the network: one request to one server. Beside what it is for it sends no header that could
 * tell something, follows no redirect (the key would go along), waits no longer than its limits, and
 * holds no more of an answer than its bounds.
 */
export function guardedFetch(options: GuardedFetchOptions): Fetch {
	const { fetch, address, key, limits, streams } = options;
	return async (input, init = {}) => {
		const headers = new Headers({
			accept: streams ? "text/event-stream, application/json" : "application/json",
			"user-agent": "mote",
		});
		if (init.body !== undefined && init.body !== null) {
			headers.set("content-type", "application/json");
		}
		if (key !== undefined) {
			headers.set("authorization", `Bearer ${key}`);
		}
		const response = await limits.within(
			"firstByte",
			fetch(input, { ...init, headers, redirect: "manual", credentials: "omit" }),
		);
		if (response.type === "opaqueredirect" || (response.status >= 300 && response.status < 400)) {
			await discard(response);
			throw redirected(address, response.headers.get("location"));
		}
		if (!response.ok) {
			return await refusal(response, limits);
		}
		return new Response(boundedBody(response, options), {
			status: response.status,
			headers: response.headers,
		});
	};
}

function otherProtocol(address: ServerAddress): ServerFault {
	return new ServerFault(
		"badAnswer",
		`${address.origin} answers, but not in the OpenAI protocol; check the address's path.`,
	);
}

async function discard(response: Response): Promise<void> {
	try {
		await response.body?.cancel();
	} catch {
		// The connection is gone already, which is all that was wanted.
	}
}

function redirected(address: ServerAddress, location: string | null): ServerFault {
	const target =
		location !== null && URL.canParse(location, address.base)
			? ` to ${new URL(location, address.base).origin}`
			: "";
	return new ServerFault(
		"serverMisconfigured",
		`${address.origin} redirects${target}; Mote doesn't follow with your code and key: set the final address.`,
	);
}

function boundedBody(
	response: Response,
	{ address, limits, streams }: GuardedFetchOptions,
): ReadableStream<Uint8Array<ArrayBuffer>> | null {
	if (response.body === null) {
		return null;
	}
	const reader = response.body.getReader();
	const events = streams ? new AnswerEvents(maxEventUnits) : undefined;
	let left = events === undefined ? maxJsonBytes : maxStreamBytes;
	const tooLong = new ServerFault(
		"badAnswer",
		`${address.origin} sent more than an answer can be.`,
	);
	const encoder = new TextEncoder();
	const checked = async (
		ready: readonly string[] | "tooLong" | "page",
	): Promise<readonly Uint8Array<ArrayBuffer>[]> => {
		if (typeof ready === "string") {
			await reader.cancel();
			throw ready === "page" ? otherProtocol(address) : tooLong;
		}
		return ready.map((json) => encoder.encode(`data: ${json.replace(/[\r\n]+/g, " ")}\n\n`));
	};
	return new ReadableStream(
		{
			// Called when the consumer wants more: a consumer that is slow itself doesn't use up the limit.
			pull: async (controller) => {
				for (;;) {
					const next: { readonly done: boolean; readonly value?: unknown } = await limits.within(
						"betweenChunks",
						reader.read(),
					);
					if (next.done) {
						for (const event of await checked(events?.flush() ?? [])) {
							controller.enqueue(event);
						}
						controller.close();
						return;
					}
					const { value } = next;
					assert(value instanceof Uint8Array, "a body comes in bytes");
					left -= value.length;
					if (left < 0) {
						await checked("tooLong");
					}
					const ready =
						events === undefined ? [new Uint8Array(value)] : await checked(events.push(value));
					for (const chunk of ready) {
						controller.enqueue(chunk);
					}
					if (ready.length > 0) {
						return;
					}
				}
			},
			cancel: (reason) => reader.cancel(reason),
		},
		{ highWaterMark: 0 },
	);
}
