import type { Logger } from "../base/log.ts";
import type { Engine } from "../engine/engine.ts";
import { EngineError } from "../engine/errors.ts";
import type { Learner } from "../adaptation/learning.ts";
import type { ProcessPort } from "../base/process/port.ts";
import {
	errorToWire,
	parseToEngine,
	tokensToWire,
	wireToChange,
	wireToRequest,
	type FromEngineMessage,
	type ToEngineMessage,
	type WireChange,
} from "./protocol.ts";

type GenerateMessage = Extract<ToEngineMessage, { kind: "generate" }>;

/** What the engine's side does with the messages that are not about one request. */
export interface ServerEvents {
	onShutdown(): void;
}

/**
 * Serves `engine` to the other end of `port`: the counterpart of EngineClient. A malformed message ends
 * the request that it names, if any, and nothing else. When the other end is gone, every request is aborted.
 */
export function serveEngine(
	engine: Engine & Learner,
	port: ProcessPort,
	logger: Logger,
	events: ServerEvents,
): void {
	const running = new Map<number, AbortController>();
	const send = (message: FromEngineMessage): void => {
		port.send(message);
	};

	async function serve({ id, request, reportsPrefill }: GenerateMessage): Promise<void> {
		const controller = new AbortController();
		running.set(id, controller);
		try {
			const answer = engine.generate(
				wireToRequest(request),
				controller.signal,
				reportsPrefill ? (progress) => send({ kind: "prefill", id, ...progress }) : undefined,
			);
			let next = await answer.next();
			while (next.done !== true) {
				send({ kind: "tokens", id, ...tokensToWire(next.value) });
				next = await answer.next();
			}
			send({ kind: "finished", id, result: next.value });
		} catch (error) {
			fail(id, error, "Request");
		} finally {
			running.delete(id);
		}
	}

	async function learn(id: number, change: WireChange): Promise<void> {
		try {
			const report = await engine.learn(wireToChange(change));
			send({ kind: "learned", id, report: { ...report, known: new Map(report.known) } });
		} catch (error) {
			fail(id, error, "Learning");
		}
	}

	function fail(id: number, error: unknown, what: string): void {
		if (!(error instanceof EngineError)) {
			logger.error(`${what} ${id} failed by a bug: ${describe(error)}`);
		}
		send({ kind: "failed", id, ...errorToWire(error) });
	}

	port.onMessage((raw) => {
		const parsed = parseToEngine(raw);
		if (parsed.kind === "malformed") {
			logger.warn(`The engine received a malformed message: ${parsed.problem}`);
			if (parsed.id !== undefined && !running.has(parsed.id)) {
				const error = new EngineError(
					"runtimeFailed",
					"The engine could not read a request; reload the window if Mote was just updated.",
				);
				send({ kind: "failed", id: parsed.id, ...errorToWire(error) });
			}
			return;
		}
		const { message } = parsed;
		switch (message.kind) {
			case "generate":
				if (running.has(message.id)) {
					logger.warn(`The engine received request ${message.id} twice.`);
					return;
				}
				void serve(message);
				return;
			case "abort":
				running.get(message.id)?.abort();
				return;
			case "learn":
				void learn(message.id, message.change);
				return;
			case "shutdown":
				events.onShutdown();
				return;
			case "open":
				logger.warn("The engine was asked to open a second model.");
				return;
		}
	});
	port.onClose(() => {
		for (const controller of running.values()) {
			controller.abort();
		}
	});
}

function describe(error: unknown): string {
	return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
