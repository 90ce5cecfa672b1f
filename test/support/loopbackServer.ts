import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { assert } from "../../src/base/assert.ts";
import { Gate } from "./gate.ts";

/** A request that a {@link LoopbackServer} got, with its body read as JSON. */
export interface ReceivedRequest {
	readonly method: string;
	readonly url: string;
	readonly headers: IncomingMessage["headers"];
	readonly body: Readonly<Record<string, unknown>>;
	/** Opens when the client closed the connection before the answer was complete. */
	readonly hungUp: Promise<void>;
}

/** Writes an answer to `response`, in whatever broken way a test needs. The server doesn't end it. */
export type Reply = (response: ServerResponse, request: ReceivedRequest) => void | Promise<void>;

/** A real HTTP server on this machine whose answers are scripted: one reply for each request, in order. */
export class LoopbackServer {
	readonly requests: ReceivedRequest[] = [];
	readonly #server: Server;
	readonly #replies: Reply[] = [];
	readonly #waiting: { readonly count: number; readonly gate: Gate }[] = [];
	#models: Reply = sendJson(200, { data: [{ id: "qwen2.5-coder", owned_by: "vllm" }] });
	#open = 0;
	readonly #idle: Gate[] = [];

	private constructor(server: Server) {
		this.#server = server;
	}

	static async start(): Promise<LoopbackServer> {
		const server = createServer();
		const loopback = new LoopbackServer(server);
		server.on("request", (message, response) => {
			void loopback.#serve(message, response);
		});
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		return loopback;
	}

	get origin(): string {
		const address = this.#server.address();
		assert(typeof address === "object" && address !== null, "the server listens on a port");
		return `http://127.0.0.1:${address.port}`;
	}

	/** What the next requests get. Lists of models aren't among them: see {@link serveModels}. */
	reply(...replies: readonly Reply[]): void {
		this.#replies.push(...replies);
	}

	/** What all requests for the list of models get. */
	serveModels(reply: Reply): void {
		this.#models = reply;
	}

	/** The requests but for those of lists of models. */
	get asked(): readonly ReceivedRequest[] {
		return this.requests.filter(({ url }) => !url.endsWith("/models"));
	}

	/** The body of the newest request that wasn't for a list of models. */
	get lastBody(): Readonly<Record<string, unknown>> {
		const last = this.asked.at(-1);
		assert(last !== undefined, "there was a request");
		return last.body;
	}

	/** Resolves when `count` requests came, lists of models included. */
	async received(count: number): Promise<void> {
		if (this.requests.length < count) {
			const gate = new Gate();
			this.#waiting.push({ count, gate });
			await gate.opened;
		}
	}

	/** Resolves when no request is being answered. */
	async idle(): Promise<void> {
		if (this.#open > 0) {
			const gate = new Gate();
			this.#idle.push(gate);
			await gate.opened;
		}
	}

	async close(): Promise<void> {
		const closed = new Promise((resolve) => this.#server.close(resolve));
		this.#server.closeAllConnections();
		await closed;
	}

	async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
		this.#open++;
		const hungUp = new Gate();
		response.on("close", () => {
			this.#open--;
			if (!response.writableFinished) {
				hungUp.open();
			}
			if (this.#open === 0) {
				for (const gate of this.#idle.splice(0)) {
					gate.open();
				}
			}
		});
		// A client that hangs up is what many tests want; the socket reports it as an error.
		response.on("error", () => hungUp.open());
		const request: ReceivedRequest = {
			method: message.method ?? "",
			url: message.url ?? "",
			headers: message.headers,
			body: await readJson(message),
			hungUp: hungUp.opened,
		};
		this.requests.push(request);
		for (const { count, gate } of this.#waiting) {
			if (this.requests.length >= count) {
				gate.open();
			}
		}
		if (request.url.endsWith("/models")) {
			await this.#models(response, request);
			return;
		}
		const reply = this.#replies.shift();
		if (reply === undefined) {
			sendJson(418, { error: { message: "The script has no reply for this." } })(response, request);
			return;
		}
		await reply(response, request);
	}
}

async function readJson(message: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
	const chunks: Buffer[] = [];
	try {
		for await (const chunk of message) {
			assert(chunk instanceof Buffer, "a body comes in buffers");
			chunks.push(chunk);
		}
	} catch {
		return {};
	}
	const text = Buffer.concat(chunks).toString("utf8");
	const value: unknown = text === "" ? {} : JSON.parse(text);
	assert(typeof value === "object" && value !== null, "a body is an object");
	return { ...value };
}

export function sendJson(
	status: number,
	body: object,
	headers: Readonly<Record<string, string>> = {},
): (response: ServerResponse, request: ReceivedRequest) => void {
	return (response) => {
		response.writeHead(status, { "content-type": "application/json", ...headers });
		response.end(JSON.stringify(body));
	};
}

/** Begins a stream of events and leaves it open. */
export function beginEvents(response: ServerResponse): void {
	response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
	response.flushHeaders();
}

/** Writes to a response and waits until it is handed to the socket. */
export async function write(response: ServerResponse, data: string | Uint8Array): Promise<void> {
	if (!response.destroyed) {
		await new Promise<void>((resolve) => response.write(data, () => resolve()));
	}
}

/** An event with a JSON value, as servers write it. */
export function event(value: object): string {
	return `data: ${JSON.stringify(value)}\n\n`;
}

export const doneEvent = "data: [DONE]\n\n";

export function chatDelta(content: string): object {
	return { choices: [{ index: 0, delta: { content }, finish_reason: null }] };
}

export function chatEnd(reason = "stop"): object {
	return { choices: [{ index: 0, delta: {}, finish_reason: reason }] };
}

export function completionDelta(text: string, logprobs: readonly number[] = []): object {
	const tokens = logprobs.length === 1 ? [text] : Array.from(text).slice(0, logprobs.length);
	return {
		choices: [
			{
				index: 0,
				text,
				logprobs: logprobs.length === 0 ? null : { tokens, token_logprobs: logprobs },
				finish_reason: null,
			},
		],
	};
}

export function completionEnd(reason = "stop"): object {
	return { choices: [{ index: 0, text: "", logprobs: null, finish_reason: reason }] };
}

export function usageEvent(prompt: number, answer: number, cached?: number): object {
	return {
		choices: [],
		usage: {
			prompt_tokens: prompt,
			completion_tokens: answer,
			prompt_tokens_details: cached === undefined ? null : { cached_tokens: cached },
		},
	};
}

/** A whole answer, each value an event. */
export function events(...values: readonly object[]): Reply {
	return async (response) => {
		beginEvents(response);
		for (const value of values) {
			await write(response, event(value));
		}
		response.end(doneEvent);
	};
}

/** An answer to a conversation. */
export function chatAnswer(...texts: readonly string[]): Reply {
	return events(...texts.map(chatDelta), chatEnd(), usageEvent(12, texts.length, 4));
}

/** An answer to a prompt. */
export function completionAnswer(...texts: readonly string[]): Reply {
	return events(
		...texts.map((text) => completionDelta(text, [-0.01])),
		completionEnd(),
		usageEvent(12, texts.length),
	);
}
