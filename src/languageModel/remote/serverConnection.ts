import { ExponentialBackoff, halfJitterGenerator, handleWhen, retry } from "cockatiel";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import type { LanguageModelErrorCode } from "../errors.ts";
import { ServerFault, faultOf, loadingSentence } from "./faults.ts";
import { firstEvent, type BegunEvents } from "./firstEvent.ts";
import type { Fetch } from "./guardedFetch.ts";
import type { HealthMonitor } from "./health.ts";
import { openAiClient, sendableKey } from "./openAiClient.ts";
import { RefusedFields } from "./refusedFields.ts";
import { effortOf, type Urgency } from "./serverEffort.ts";
import type { ServerAddress } from "./serverAddress.ts";
import { listRequest, type ServerRequest } from "./serverRequest.ts";
import { ServerCircuit } from "./serverCircuit.ts";
import { TimeLimits } from "../../base/network/timeLimits.ts";
import { WarmUp, type PendingAnswer } from "./warmUp.ts";

export interface ServerConnectionOptions {
	readonly address: ServerAddress;
	/** Asked for each request and not kept. */
	readonly key: () => Promise<string | undefined>;
	readonly fetch: Fetch;
	readonly clock: Clock;
	readonly logger: Logger;
	readonly health: HealthMonitor;
}

interface OpenStream extends BegunEvents {
	readonly limits: TimeLimits;
	readonly secret: string | undefined;
}

/**
 * Requests to one server: retried with growing pauses until the answer begins or a time limit ends one, kept back
 * while the server is down or loads its model, bounded in time and size, sent without what the server doesn't
 * take, and ended on the wire when they are cancelled. Rejects only with a {@link ServerFault}, and keeps the
 * server's health.
 */
export class ServerConnection {
	readonly #options: ServerConnectionOptions;
	readonly #circuit: ServerCircuit;
	readonly #warmUp: WarmUp;
	readonly #refused = new RefusedFields();
	readonly #disposed = new AbortController();

	constructor(options: ServerConnectionOptions) {
		this.#options = options;
		this.#warmUp = new WarmUp({
			origin: options.address.origin,
			clock: options.clock,
			health: options.health,
			slowMs: effortOf("completion").slowMs,
			didFail: (fault) => void this.reportFault(fault),
			disposed: this.#disposed.signal,
		});
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
				return await this.#circuit.run(effort.isPatient, () =>
					this.#whileLoading(urgency, signal, attempt),
				);
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

	/** Asks again while the server says that it loads its model, as long as that is worth it. */
	async #whileLoading<T>(
		urgency: Urgency,
		signal: AbortSignal,
		attempt: () => Promise<T>,
	): Promise<T> {
		const { clock, health, address } = this.#options;
		const end = clock.now() + effortOf(urgency).loadingMs;
		for (;;) {
			try {
				return await attempt();
			} catch (error) {
				const isLoading = error instanceof ServerFault && error.code === "serverLoading";
				if (!isLoading || clock.now() >= end) {
					throw error;
				}
				health.report("loading", loadingSentence(address.origin));
				await clock.sleep(error.retryAfterMs ?? loadingPauseMs, signal);
				if (signal.aborted) {
					throw new RequestCancelled();
				}
			}
		}
	}

	async #open(request: ServerRequest, signal: AbortSignal): Promise<OpenStream> {
		const { clock, address, health } = this.#options;
		const { slowMs } = effortOf(request.urgency);
		const isCompletion = request.urgency === "completion";
		if (isCompletion && this.#warmUp.isRunning) {
			throw this.#warmUp.fault;
		}
		const startedAt = clock.now();
		const limits = this.#outlivingLimits(request);
		const begun = this.#begin(request, limits);
		try {
			const opened = await unlessAborted(begun, AbortSignal.any([signal, limits.expired]));
			const waitedMs = clock.now() - startedAt;
			if (opened !== undefined) {
				limits.enforce(signal);
				this.#warmUp.didAnswer();
				if (waitedMs > slowMs) {
					health.report(
						"slow",
						`${address.origin} takes ${(waitedMs / 1000).toFixed(1)} s to begin an answer.`,
					);
				} else {
					health.report("ready", `${address.origin} answers.`);
				}
				return opened;
			}
			// Whoever stops a question wants it stopped; whoever types on doesn't mind.
			const mayLiveOn = isCompletion || limits.exceeded !== undefined;
			if (mayLiveOn && this.#warmUp.wants(waitedMs)) {
				this.#warmUp.keep({ begun, close: () => limits.close() }, () => this.#ask(request));
				throw this.#warmUp.fault;
			}
			limits.close();
			throw this.#fault(undefined, limits, request, undefined);
		} catch (error) {
			if (!(error instanceof ServerFault) || error.code !== "serverLoading") {
				limits.close();
				this.#excuseImpatience(request, signal, startedAt);
			} else if (isCompletion) {
				this.#warmUp.poll(() => this.#ask(request));
			}
			throw error;
		} finally {
			// Where nobody waits for it any more.
			begun.catch(() => undefined);
		}
	}

	/** For the warm-up: the same request again, for nobody. */
	#ask(request: ServerRequest): PendingAnswer {
		const limits = this.#outlivingLimits(request);
		return { begun: this.#begin(request, limits), close: () => limits.close() };
	}

	#outlivingLimits({ urgency }: ServerRequest): TimeLimits {
		const { limitsMs } = effortOf(urgency);
		const { signal } = this.#disposed;
		return new TimeLimits(this.#options.clock, limitsMs, [signal], "may outlive its limits");
	}

	/** Sends it, without what the server refuses, until the first event. Rejects with a {@link ServerFault}. */
	async #begin(request: ServerRequest, limits: TimeLimits): Promise<OpenStream> {
		const { address, fetch } = this.#options;
		let secret: string | undefined;
		try {
			secret = await sendableKey(this.#options.key);
			const client = openAiClient({ fetch, address, key: secret, limits, streams: true });
			this.#warmUp.didSend();
			const events = await firstEvent(client, request, this.#refused, limits.signal);
			if (events === undefined) {
				throw new ServerFault("serverUnreachable", `${address.origin} ended without an answer.`);
			}
			return { ...events, limits, secret };
		} catch (error) {
			const fault = this.#fault(error, limits, request, secret);
			limits.close();
			throw fault;
		}
	}

	async #read(request: ServerRequest, signal: AbortSignal): Promise<unknown> {
		const { address, health, clock } = this.#options;
		const startedAt = clock.now();
		const limits = this.#limits(request, [signal]);
		let secret: string | undefined;
		try {
			secret = await sendableKey(this.#options.key);
			const { method, path, body } = request;
			const { fetch } = this.#options;
			const client = openAiClient({ fetch, address, key: secret, limits, streams: false });
			const value = await client[method](path, { body, signal: limits.signal });
			// A server that loads its model lists it all the same.
			if (!this.#warmUp.isRunning) {
				health.report("ready", `${address.origin} answers.`);
			}
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

	#limits({ urgency }: ServerRequest, callers: readonly AbortSignal[]): TimeLimits {
		return new TimeLimits(this.#options.clock, effortOf(urgency).limitsMs, [
			...callers,
			this.#disposed.signal,
		]);
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
			// What outlived its limit ended for another reason.
			exceeded: limits.signal.aborted ? limits.exceeded : undefined,
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
		} else if (fault.code === "serverLoading") {
			health.report("loading", fault.message);
		} else if (!saysNothingOfServer.has(fault.code)) {
			health.report("down", fault.message);
		} else if (health.health.kind === "loading" && !this.#warmUp.isRunning) {
			// It refuses this request, and so it has loaded its model.
			health.report("ready", `${address.origin} answers.`);
		}
		return fault;
	}
}

/** For a server that has too many requests and doesn't say until when. */
const unaskedPauseMs = 2000;

/** Between two questions whether a model is loaded. */
const loadingPauseMs = 2000;

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

/** What `work` resolves with, or undefined as soon as `signal` aborts. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
	const settled = new AbortController();
	const aborted = new Promise<undefined>((resolve) => {
		if (signal.aborted) {
			resolve(undefined);
		}
		signal.addEventListener("abort", () => resolve(undefined), { signal: settled.signal });
	});
	try {
		return await Promise.race([work, aborted]);
	} finally {
		settled.abort();
	}
}
