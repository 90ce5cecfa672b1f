import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import { Channel } from "../engine/channel.ts";
import type {
	Engine,
	GeneratedToken,
	GenerateRequest,
	GenerateResult,
	PrefillListener,
} from "../engine/engine.ts";
import { EngineError } from "../engine/errors.ts";
import type { LearnChange, Learner, LearnReport } from "../adaptation/learning.ts";
import type { ProcessPort } from "../base/process/port.ts";
import {
	changeToWire,
	parseFromEngine,
	requestToWire,
	wireToTokens,
	type ToEngineMessage,
} from "./protocol.ts";

/** A request that runs in the other process, as this side of it sees it. */
interface Answer {
	readonly channel: Channel<readonly GeneratedToken[], GenerateResult>;
	readonly onPrefill: PrefillListener | undefined;
}

interface Report {
	readonly resolve: (report: LearnReport) => void;
	readonly reject: (error: EngineError) => void;
}

/**
 * An {@link Engine} in another process, which serves it by `serveEngine`. Passes the same contract tests
 * as LocalEngine. When the connection closes, every request ends with "processDied", and so does every
 * later one: a new process gets a new client.
 */
export class EngineClient implements Engine, Learner {
	readonly #port: ProcessPort;
	readonly #clock: Clock;
	readonly #logger: Logger;
	readonly #answers = new Map<number, Answer>();
	readonly #reports = new Map<number, Report>();
	#nextId = 0;
	/** Why no further request can be served. */
	#closed: EngineError | undefined;

	constructor(port: ProcessPort, clock: Clock, logger: Logger) {
		this.#port = port;
		this.#clock = clock;
		this.#logger = logger;
		port.onMessage((raw) => {
			this.#receive(raw);
		});
		port.onClose(() => {
			this.close(
				new EngineError(
					"processDied",
					"The engine's process ended unexpectedly; it is started again by itself.",
				),
			);
		});
	}

	generate(
		request: GenerateRequest,
		signal: AbortSignal,
		onPrefill?: PrefillListener,
	): AsyncGenerator<readonly GeneratedToken[], GenerateResult, void> {
		return this.#stream(request, signal, onPrefill, this.#clock.now());
	}

	learn(change: LearnChange): Promise<LearnReport> {
		if (this.#closed !== undefined) {
			return Promise.reject(this.#closed);
		}
		const id = this.#nextId++;
		return new Promise((resolve, reject) => {
			this.#reports.set(id, { resolve, reject });
			this.#send({ kind: "learn", id, change: changeToWire(change) });
		});
	}

	dispose(): Promise<void> {
		this.close(
			new EngineError(
				"disposed",
				"The engine was shut down; restart it with the command “Mote: Restart Engine”.",
			),
		);
		return Promise.resolve();
	}

	/** Ends every request with `error`, and every later one too. */
	close(error: EngineError): void {
		this.#closed ??= error;
		const answers = [...this.#answers.entries()];
		this.#answers.clear();
		for (const [id, answer] of answers) {
			// Lost without harm when the process is gone.
			this.#send({ kind: "abort", id });
			answer.channel.fail(this.#closed);
		}
		const reports = [...this.#reports.values()];
		this.#reports.clear();
		for (const report of reports) {
			report.reject(this.#closed);
		}
	}

	async *#stream(
		request: GenerateRequest,
		signal: AbortSignal,
		onPrefill: PrefillListener | undefined,
		calledAtMs: number,
	): AsyncGenerator<readonly GeneratedToken[], GenerateResult, void> {
		if (this.#closed !== undefined) {
			throw this.#closed;
		}
		if (signal.aborted) {
			return abortedUnserved(request, this.#clock.now() - calledAtMs);
		}
		const id = this.#nextId++;
		const channel: Answer["channel"] = new Channel();
		this.#answers.set(id, { channel, onPrefill });
		this.#send({
			kind: "generate",
			id,
			request: requestToWire(request),
			reportsPrefill: onPrefill !== undefined,
		});
		const abort = (): void => {
			this.#send({ kind: "abort", id });
		};
		signal.addEventListener("abort", abort, { once: true });
		try {
			for (;;) {
				const item = await channel.next();
				if (item.kind === "end") {
					return item.end;
				}
				yield item.value;
			}
		} finally {
			signal.removeEventListener("abort", abort);
			// Still there when the consumer leaves its loop before the end.
			if (this.#answers.delete(id)) {
				abort();
			}
		}
	}

	#receive(raw: unknown): void {
		const parsed = parseFromEngine(raw);
		if (parsed.kind === "malformed") {
			this.#logger.warn(`The engine sent a malformed message: ${parsed.problem}`);
			if (parsed.id !== undefined) {
				this.#fail(
					parsed.id,
					new EngineError(
						"runtimeFailed",
						"The engine's answer could not be read; reload the window if Mote was just updated.",
					),
				);
			}
			return;
		}
		const { message } = parsed;
		switch (message.kind) {
			case "tokens":
				// Of a request that was left, a last message may still be on its way.
				this.#answers.get(message.id)?.channel.push(wireToTokens(message));
				return;
			case "prefill": {
				const { promptTokens, readTokens } = message;
				this.#answers.get(message.id)?.onPrefill?.({ promptTokens, readTokens });
				return;
			}
			case "learned":
				this.#takeReport(message.id)?.resolve(message.report);
				return;
			case "finished":
				this.#take(message.id)?.channel.end(message.result);
				return;
			case "failed":
				this.#fail(message.id, new EngineError(message.code, message.message));
				return;
			case "ready":
			case "unusable":
				this.#logger.warn(`The engine sent “${message.kind}” out of turn.`);
				return;
		}
	}

	#take(id: number): Answer | undefined {
		const answer = this.#answers.get(id);
		this.#answers.delete(id);
		return answer;
	}

	#takeReport(id: number): Report | undefined {
		const report = this.#reports.get(id);
		this.#reports.delete(id);
		return report;
	}

	#fail(id: number, error: EngineError): void {
		this.#take(id)?.channel.fail(error);
		this.#takeReport(id)?.reject(error);
	}

	#send(message: ToEngineMessage): void {
		this.#port.send(message);
	}
}

/** The result of a request that was aborted before the engine saw it. */
export function abortedUnserved(request: GenerateRequest, elapsedMs: number): GenerateResult {
	return {
		finishReason: "aborted",
		stats: {
			promptTokens: request.prompt.length,
			isStandIn: false,
			reusedTokens: 0,
			prefilledTokens: 0,
			generatedTokens: 0,
			draftedTokens: 0,
			acceptedTokens: 0,
			decodePasses: 0,
			queuedMs: elapsedMs,
			firstTokenMs: undefined,
			totalMs: elapsedMs,
			adaptation: undefined,
		},
	};
}
