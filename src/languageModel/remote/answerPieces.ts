import type { Clock } from "../../base/clock.ts";
import type { AnswerEnd, AnswerResult, AnswerUsage } from "../languageModel.ts";
import type { AnswerChunk, ParseChunk, ReportedUsage } from "./answerChunks.ts";
import { ServerFault, quoted } from "./faults.ts";
import type { ServedModel } from "./servedModel.ts";
import type { ServerRequest } from "./serverRequest.ts";

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

export interface AnswerRequest {
	readonly served: ServedModel;
	readonly request: ServerRequest;
	readonly parse: ParseChunk;
	readonly meter: AnswerMeter;
	/** As the server was told. */
	readonly maxAnswerTokens: number;
}

/**
 * A server that writes on and on is stopped, whatever it counts as tokens. Few are longer than this, in UTF-16
 * units, and no answer is made of them.
 */
const maxUnitsPerToken = 64;

/** The chunks of an answer that have text or thoughts. Returns why it ended; rejects with a {@link ServerFault}. */
export async function* answerPieces(
	asked: AnswerRequest,
	signal: AbortSignal,
): AsyncGenerator<AnswerChunk, AnswerEnd, void> {
	const { served, request, parse, meter } = asked;
	const { connection, facts, clock } = served;
	const { origin } = served.address;
	const left = new AbortController();
	const events = connection.stream(request, AbortSignal.any([signal, left.signal]));
	let end: AnswerEnd | undefined;
	let unitsLeft = asked.maxAnswerTokens * maxUnitsPerToken;
	let soFar = "";
	let remark = "";
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
			const read = parse(next.value);
			if (read === undefined) {
				throw connection.reportFault(
					new ServerFault("badAnswer", `${origin} sent an event that isn't of the protocol.`),
				);
			}
			const chunk = read.isWhole ? newIn(read, soFar) : read;
			meter.didHear(chunk);
			remark = chunk.remark ?? remark;
			if ((chunk.text !== "" || chunk.thinks) && end === undefined) {
				yield chunk;
				soFar += chunk.text;
				unitsLeft -= chunk.text.length;
				if (unitsLeft < 0) {
					return "length";
				}
			}
			end ??= chunk.end;
			if (end !== undefined && meter.hasUsage) {
				break;
			}
		}
	} catch (error) {
		if (error instanceof ServerFault && error.code === "notFound") {
			facts.forget();
		}
		throw error;
	} finally {
		// Ends the request on the wire wherever the caller left; a read that is under way ends with it.
		left.abort();
		await events.return();
	}
	if (end === undefined) {
		const said = quoted(remark, undefined);
		throw connection.reportFault(
			new ServerFault("badAnswer", `${origin} ended its answer in the middle${said}.`),
		);
	}
	return end;
}

/** A chunk that repeats the answer so far with what is new in it alone. */
function newIn(chunk: AnswerChunk, soFar: string): AnswerChunk {
	return chunk.text.startsWith(soFar) ? { ...chunk, text: chunk.text.slice(soFar.length) } : chunk;
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
