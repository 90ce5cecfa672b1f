import { ExponentialBackoff, halfJitterGenerator, handleWhen, retry } from "cockatiel";
import OpenAI from "openai";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import type { LanguageModelErrorCode } from "../errors.ts";
import { ServerFault, faultOf } from "./faults.ts";
import { guardedFetch, type Fetch } from "./guardedFetch.ts";
import type { HealthMonitor } from "./health.ts";
import { effortOf, type Urgency } from "./serverEffort.ts";
import type { ServerAddress } from "./serverAddress.ts";
import { ServerCircuit } from "./serverCircuit.ts";
import { TimeLimits } from "./timeLimits.ts";

export interface ServerConnectionOptions {
	readonly address: ServerAddress;
	/** Asked for each request and not kept. */
	readonly key: () => Promise<string | undefined>;
	readonly fetch: Fetch;
	readonly clock: Clock;
	readonly logger: Logger;
	readonly health: HealthMonitor;
}

export interface ServerRequest {
	readonly method: "get" | "post";
	/** Below the address, or a whole URL with the same origin. */
	readonly path: string;
	readonly body: object | undefined;
	/** For sentences. */
	readonly model: string;
	readonly urgency: Urgency;
}

/** For what a server serves: the cheapest question there is. */
export function listRequest(urgency: Urgency): ServerRequest {
	return { method: "get", path: "/models", body: undefined, model: "", urgency };
}

/** A stream that has begun: its first event came. */
interface OpenStream {
	readonly first: unknown;
	readonly rest: AsyncIterator<unknown>;
	readonly limits: TimeLimits;
	readonly secret: string | undefined;
}

/**
 * Requests to one server: retried with growing pauses until the answer begins or a time limit ends one, kept back while the server is
 * down, bounded in time and size, and ended on the wire when they are cancelled. Rejects only with a
 * {@link ServerFault}, and keeps the server's health.
 */
export class ServerConnection {
	readonly #options: ServerConnectionOptions;
	readonly #circuit: ServerCircuit;
	readonly #disposed = new AbortController();

	constructor(options: ServerConnectionOptions) {
		this.#options = options;
		this.#circuit = new ServerCircuit(options.address.origin, options.clock, () => this.#probe());
	}

	/** The answer's events as JSON values. Returns early when `signal` aborts: look at it afterwards. */
	async *stream(request: ServerRequest, signal: AbortSignal): AsyncGenerator<unknown, void, void> {
		const opened = await this.#persist(request, signal, () => this.#open(request, signal));
		if (opened === undefined) {
			return;
		}
		const { limits, rest } = opened;
		try {
			yield opened.first;
			for (;;) {
				const next = await rest.next();
				// The library ends a stream that is aborted as if it were complete.
				if (limits.exceeded !== undefined || this.#disposed.signal.aborted) {
					throw this.#fault(undefined, limits, request, opened.secret);
				}
				if (next.done === true || signal.aborted) {
					return;
				}
				yield next.value;
			}
		} catch (error) {
			if (!signal.aborted) {
				throw this.reportFault(this.#fault(error, limits, request, opened.secret));
			}
		} finally {
			limits.close();
		}
	}

	/** A short answer as a JSON value; undefined when `signal` aborted. */
	async json(request: ServerRequest, signal: AbortSignal): Promise<unknown> {
		return await this.#persist(request, signal, () => this.#read(request, signal));
	}

	/** Ends what is in flight; later requests fail. */
	dispose(): void {
		this.#disposed.abort();
	}

	/** Undefined when `signal` aborted, whatever came of it then. */
	async #persist<T>(
		{ urgency }: ServerRequest,
		signal: AbortSignal,
		attempt: () => Promise<T>,
	): Promise<T | undefined> {
		const { clock } = this.#options;
		const effort = effortOf(urgency);
		let backoff = new ExponentialBackoff({
			...effort.backoff,
			generator: halfJitterGenerator,
		}).next();
		let wait = 0;
		let earlier: ServerFault | undefined;
		const policy = retry(
			handleWhen((error) => {
				if (!(error instanceof ServerFault) || !error.isPassing || this.#disposed.signal.aborted) {
					return false;
				}
				earlier = error;
				wait = error.retryAfterMs ?? backoff.duration;
				return wait <= effort.maxWaitMs;
			}),
			{ maxAttempts: effort.retries },
		);
		try {
			// The pauses are slept here: the policy's own timer can't be cancelled and knows no Clock.
			return await policy.execute(async ({ attempt: tries }) => {
				if (tries > 0) {
					await clock.sleep(wait, signal);
					backoff = backoff.next(undefined);
				}
				if (signal.aborted) {
					return undefined;
				}
				return await this.#circuit.run(effort.isPatient, attempt);
			}, signal);
		} catch (error) {
			if (signal.aborted) {
				return undefined;
			}
			if (!(error instanceof ServerFault)) {
				throw error;
			}
			// What opened the circuit says more than that it is open.
			const fault = error.code === "serverPaused" ? (earlier ?? error) : error;
			const pauseMs =
				fault.retryAfterMs ?? (fault.code === "rateLimited" ? unaskedPauseMs : undefined);
			if (pauseMs !== undefined) {
				this.#circuit.pauseFor(pauseMs);
			}
			throw this.reportFault(fault);
		}
	}

	async #open(request: ServerRequest, signal: AbortSignal): Promise<OpenStream> {
		const { clock, address, health } = this.#options;
		const effort = effortOf(request.urgency);
		const startedAt = clock.now();
		const limits = this.#limits(request, [signal]);
		let secret: string | undefined;
		try {
			secret = await this.#key();
			const client = this.#client(limits, secret, true);
			const rest = (await this.#send<AsyncIterable<unknown>>(client, request, limits, true))[
				Symbol.asyncIterator
			]();
			const first = await rest.next();
			if (first.done === true || limits.signal.aborted) {
				throw new ServerFault("serverUnreachable", `${address.origin} ended without an answer.`);
			}
			const waitedMs = clock.now() - startedAt;
			if (waitedMs > effort.slowMs) {
				health.report(
					"slow",
					`${address.origin} takes ${(waitedMs / 1000).toFixed(1)} s to begin an answer.`,
				);
			} else {
				health.report("ready", `${address.origin} answers.`);
			}
			return { first: first.value, rest, limits, secret };
		} catch (error) {
			limits.close();
			this.#excuseImpatience(request, signal, startedAt);
			throw this.#fault(error, limits, request, secret);
		}
	}

	async #read(request: ServerRequest, signal: AbortSignal): Promise<unknown> {
		const { address, health, clock } = this.#options;
		const startedAt = clock.now();
		const limits = this.#limits(request, [signal]);
		let secret: string | undefined;
		try {
			secret = await this.#key();
			const client = this.#client(limits, secret, false);
			const value = await this.#send<unknown>(client, request, limits, false);
			health.report("ready", `${address.origin} answers.`);
			return value;
		} catch (error) {
			this.#excuseImpatience(request, signal, startedAt);
			throw this.#fault(error, limits, request, secret);
		} finally {
			limits.close();
		}
	}

	/** Whoever gives up soon says nothing about the server; whoever had to wait does. */
	#excuseImpatience({ urgency }: ServerRequest, signal: AbortSignal, startedAt: number): void {
		const { clock, health, address } = this.#options;
		if (!signal.aborted || this.#disposed.signal.aborted) {
			return;
		}
		if (clock.now() - startedAt < effortOf(urgency).slowMs) {
			// No ServerFault: it must not count against the server.
			throw new RequestCancelled();
		}
		health.report("slow", `${address.origin} doesn't begin its answers in time.`);
	}

	async #probe(): Promise<void> {
		try {
			await this.#read(listRequest("list"), this.#disposed.signal);
		} catch (error) {
			// A server without a list of models is there all the same.
			if (!(error instanceof ServerFault) || error.code !== "notFound") {
				throw error;
			}
		}
	}

	async #send<Answer>(
		client: OpenAI,
		{ method, path, body }: ServerRequest,
		limits: TimeLimits,
		streams: boolean,
	): Promise<Answer> {
		return await client[method]<Answer>(path, { body, signal: limits.signal, stream: streams });
	}

	#limits({ urgency }: ServerRequest, callers: readonly AbortSignal[]): TimeLimits {
		return new TimeLimits(this.#options.clock, effortOf(urgency).limitsMs, [
			...callers,
			this.#disposed.signal,
		]);
	}

	/**
	 * A client for one attempt. All that it would read from the environment is set here: keys and
	 * organizations that are meant for another server, and a log level that prints prompts.
	 */
	#client(limits: TimeLimits, key: string | undefined, streams: boolean): OpenAI {
		const { address, fetch } = this.#options;
		return new OpenAI({
			baseURL: address.base,
			// The real one is added by guardedFetch, where the library can't log it.
			apiKey: "none",
			adminAPIKey: null,
			organization: null,
			project: null,
			webhookSecret: null,
			logLevel: "off",
			maxRetries: 0,
			timeout: longestTimerMs,
			fetch: guardedFetch({ fetch, address, key, limits, streams }),
			// An extension host looks like a browser where it has a navigator.
			dangerouslyAllowBrowser: true,
		});
	}

	async #key(): Promise<string | undefined> {
		let key: string | undefined;
		try {
			key = (await this.#options.key())?.trim();
		} catch {
			throw new ServerFault(
				"unauthorized",
				"The server's key can't be read from the secret storage; set it again.",
			);
		}
		if (key === undefined || key === "") {
			return undefined;
		}
		if (!/^[\x21-\x7e]{1,4096}$/.test(key)) {
			throw new ServerFault(
				"unauthorized",
				"The server's key has characters that can't be sent; set it again.",
			);
		}
		return key;
	}

	#fault(
		error: unknown,
		limits: TimeLimits,
		{ urgency, model }: ServerRequest,
		secret: string | undefined,
	): ServerFault {
		const { address } = this.#options;
		if (this.#disposed.signal.aborted) {
			return new ServerFault(
				"serverUnreachable",
				`The connection to ${address.origin} was closed.`,
			);
		}
		return faultOf(error, {
			origin: address.origin,
			model,
			limitsMs: effortOf(urgency).limitsMs,
			exceeded: limits.exceeded,
			secret,
		});
	}

	/** Puts a fault into the server's health and the log, and returns it. */
	reportFault(fault: ServerFault): ServerFault {
		const { health, logger, address } = this.#options;
		if (this.#disposed.signal.aborted) {
			return fault;
		}
		logger.warn(`${address.origin}: ${fault.code}`);
		if (fault.code === "rateLimited") {
			health.report("slow", fault.message);
		} else if (!saysNothingOfServer.has(fault.code)) {
			health.report("down", fault.message);
		}
		return fault;
	}
}

/** For a server that has too many requests and doesn't say until when. */
const unaskedPauseMs = 2000;

/** The largest delay of a timer; our own limits are shorter. */
const longestTimerMs = 2 ** 31 - 1;

/** Internal: the caller's signal ended an attempt early. */
class RequestCancelled extends Error {
	override readonly name = "RequestCancelled";
}

/** The request is to blame, or it wasn't sent. */
const saysNothingOfServer: ReadonlySet<LanguageModelErrorCode> = new Set<LanguageModelErrorCode>([
	"requestRefused",
	"promptTooLong",
	"serverPaused",
]);
