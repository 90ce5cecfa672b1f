import type { Clock } from "../../base/clock.ts";
import type { AnswerEnd, AnswerResult, AnswerUsage } from "../languageModel.ts";
import type { AnswerChunk, ParseChunk, ReportedUsage } from "./answerChunks.ts";
import { ServerFault } from "./faults.ts";
import type { ServerConnection, ServerRequest } from "./serverConnection.ts";

/** Usage follows the end of the text at once, or not at all; nobody should wait for it. */
const usageGraceMs = 300;

/** What an answer cost, collected while it is read. */
export class AnswerMeter {
	readonly #clock: Clock;
	readonly #startedAt: number;
	#firstTextMs: number | undefined;
	#reported: ReportedUsage | undefined;

	constructor(clock: Clock) {
		this.#clock = clock;
		this.#startedAt = clock.now();
	}

	didHear(chunk: AnswerChunk): void {
		if (chunk.text !== "") {
			this.#firstTextMs ??= this.#clock.now() - this.#startedAt;
		}
		this.#reported = chunk.usage ?? this.#reported;
	}

	get hasUsage(): boolean {
		return this.#reported !== undefined;
	}

	result(end: AnswerEnd): AnswerResult {
		const usage: AnswerUsage = {
			promptTokens: this.#reported?.promptTokens,
			cachedTokens: this.#reported?.cachedTokens,
			answerTokens: this.#reported?.answerTokens,
			firstTextMs: this.#firstTextMs,
			totalMs: this.#clock.now() - this.#startedAt,
		};
		return { end, usage };
	}
}

export interface AnswerSource {
	readonly connection: ServerConnection;
	readonly request: ServerRequest;
	readonly parse: ParseChunk;
	readonly meter: AnswerMeter;
	readonly clock: Clock;
	/** For sentences. */
	readonly origin: string;
}

/** The chunks of an answer that have text. Returns why it ended; rejects with a {@link ServerFault}. */
export async function* answerPieces(
	source: AnswerSource,
	signal: AbortSignal,
): AsyncGenerator<AnswerChunk, AnswerEnd, void> {
	const { connection, request, parse, meter, clock, origin } = source;
	const left = new AbortController();
	const events = connection.stream(request, AbortSignal.any([signal, left.signal]));
	let end: AnswerEnd | undefined;
	try {
		for (;;) {
			const next = await (end === undefined
				? events.next()
				: nextOrNothing(events, clock, left.signal));
			if (signal.aborted) {
				return "cancelled";
			}
			if (next === undefined || next.done === true) {
				break;
			}
			const chunk = parse(next.value);
			if (chunk === undefined) {
				throw connection.reportFault(
					new ServerFault("badAnswer", `${origin} sent an event that isn't of the protocol.`),
				);
			}
			meter.didHear(chunk);
			if (chunk.text !== "" && end === undefined) {
				yield chunk;
			}
			end ??= chunk.end;
			if (end !== undefined && meter.hasUsage) {
				break;
			}
		}
	} finally {
		// Ends the request on the wire wherever the caller left; a read that is under way ends with it.
		left.abort();
		await events.return();
	}
	if (end === undefined) {
		throw connection.reportFault(
			new ServerFault("badAnswer", `${origin} ended its answer in the middle.`),
		);
	}
	return end;
}

/** The next event after the text's end, where only usage can follow: its absence is no failure. */
async function nextOrNothing(
	events: AsyncGenerator<unknown, void, void>,
	clock: Clock,
	signal: AbortSignal,
): Promise<IteratorResult<unknown, void> | undefined> {
	const done = new AbortController();
	try {
		return await Promise.race([
			events.next().catch(() => undefined),
			clock.sleep(usageGraceMs, AbortSignal.any([signal, done.signal])).then(() => undefined),
		]);
	} finally {
		done.abort();
	}
}
