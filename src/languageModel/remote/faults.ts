import { APIConnectionError, APIConnectionTimeoutError, APIError } from "openai";
import { LanguageModelError, type LanguageModelErrorCode } from "../errors.ts";
import { causesOf, connectionFaultSentence } from "../../base/network/connectionSentences.ts";
import { saysLoading, saysTooLong } from "./modelState.ts";
import { serverWords, type ServerWords } from "./serverWords.ts";
import { retryAfter } from "../../base/network/retryAfter.ts";
import type { TimeLimitKind, TimeLimitsMs } from "../../base/network/timeLimits.ts";

/** What went wrong with one request, and when the server wants to be asked again. */
export class ServerFault extends LanguageModelError {
	/** As the server asked for; undefined when it didn't. */
	readonly retryAfterMs: number | undefined;
	/** Whether the same request may succeed in a moment. */
	readonly isPassing: boolean;

	constructor(
		code: LanguageModelErrorCode,
		message: string,
		options?: ErrorOptions & {
			readonly retryAfterMs?: number | undefined;
			/** True: as long was waited as it is worth, and the server has enough to do. */
			readonly hasTimedOut?: boolean;
		},
	) {
		super(code, message, options);
		this.retryAfterMs = options?.retryAfterMs;
		this.isPassing = passingCodes.has(code) && options?.hasTimedOut !== true;
	}
}

const passingCodes: ReadonlySet<LanguageModelErrorCode> = new Set<LanguageModelErrorCode>([
	"serverUnreachable",
	"rateLimited",
]);

export interface FaultPlace {
	readonly origin: string;
	readonly model: string;
	readonly limitsMs: TimeLimitsMs;
	/** The limit that ended the request, if one did. */
	readonly exceeded: TimeLimitKind | undefined;
	/** What must not be shown: the key. */
	readonly secret: string | undefined;
}

/**
 * Says in one sentence what failed. Causes aren't kept: the client library's errors carry headers and
 * bodies, and what logs an error prints its causes.
 */
export function faultOf(error: unknown, place: FaultPlace): ServerFault {
	const { origin, exceeded } = place;
	if (exceeded !== undefined) {
		const seconds = Math.round(place.limitsMs[exceeded] / 1000);
		const message = timeLimitSentences[exceeded](origin, seconds);
		return new ServerFault("serverUnreachable", message, { hasTimedOut: true });
	}
	const own = ownFault(error);
	if (own !== undefined) {
		return own;
	}
	if (error instanceof APIConnectionTimeoutError) {
		return new ServerFault(
			"serverUnreachable",
			`${origin} doesn't accept connections; check that it runs and can be reached from here.`,
		);
	}
	if (isApiFailure(error) && !(error instanceof APIConnectionError)) {
		return error.status === undefined
			? eventFault(error, place)
			: statusFault(error, error.status, place);
	}
	if (error instanceof SyntaxError) {
		return new ServerFault("badAnswer", `${origin} sent something that isn't JSON.`);
	}
	return new ServerFault("serverUnreachable", connectionFaultSentence(causesOf(error), origin));
}

/** What a server refused a request with; undefined where it isn't one that it answered. */
export function refusalIn(
	error: unknown,
): { readonly status: number | undefined; readonly words: ServerWords } | undefined {
	return isApiFailure(error) && !(error instanceof APIConnectionError) && !saysTooLong(error.error)
		? { status: error.status, words: serverWords(error.error) }
		: undefined;
}

type ApiFailure = APIError<number | undefined, Headers | undefined, object | undefined>;

function isApiFailure(error: unknown): error is ApiFailure {
	return error instanceof APIError;
}

const timeLimitSentences: Readonly<
	Record<TimeLimitKind, (origin: string, seconds: number) => string>
> = {
	firstByte: (origin, seconds) => `${origin} didn't begin to answer within ${seconds} s.`,
	betweenChunks: (origin, seconds) => `${origin} stopped sending for ${seconds} s in its answer.`,
	total: (origin, seconds) => `${origin} didn't finish its answer within ${seconds} s.`,
};

/** A fault of our own that came through the client library, which wraps what `fetch` rejects with. */
function ownFault(error: unknown): ServerFault | undefined {
	const chain = causesOf(error);
	return chain.find((link) => link instanceof ServerFault);
}

function statusFault(error: ApiFailure, status: number, place: FaultPlace): ServerFault {
	const { origin } = place;
	const said = serverSays(error, place.secret);
	const retryAfterMs = retryAfter(error.headers);
	if (status === 401 || status === 403 || status === 407) {
		return new ServerFault("unauthorized", keySentence(status, said, place));
	}
	if (status === 404 || status === 405) {
		return new ServerFault("notFound", notFoundSentence(said, place));
	}
	if (saysLoading(error.error, status)) {
		return new ServerFault("serverLoading", loadingSentence(origin), { retryAfterMs });
	}
	if (status === 402) {
		return new ServerFault("requestRefused", `${origin} wants to be paid${said}.`);
	}
	if (status === 429) {
		const wait =
			retryAfterMs === undefined
				? ""
				: ` and wants to be asked again in ${seconds(retryAfterMs)} s`;
		return new ServerFault("rateLimited", `${origin} got too many requests${wait}${said}.`, {
			retryAfterMs,
		});
	}
	if (saysTooLong(error.error)) {
		return new ServerFault("promptTooLong", tooLongSentence(place));
	}
	if (status === 408 || status >= 500) {
		return new ServerFault("serverUnreachable", `${origin} failed with status ${status}${said}.`, {
			retryAfterMs,
		});
	}
	return new ServerFault(
		"requestRefused",
		`${origin} refused the request with status ${status}${said}.`,
	);
}

function keySentence(status: number, said: string, { origin, secret }: FaultPlace): string {
	if (status === 407) {
		return `The proxy before ${origin} wants to know who you are${said}; set it in the editor's proxy settings.`;
	}
	return secret === undefined
		? `${origin} wants a key${said}; set it with “Mote: Set the Server's Key”.`
		: `${origin} refuses the key${said}; set another with “Mote: Set the Server's Key”.`;
}

function notFoundSentence(said: string, { origin, model }: FaultPlace): string {
	return model === ""
		? `${origin} has no list of models there${said}; check the address's path, or set the model's name.`
		: `${origin} has no model “${model}”, or isn't a server of the OpenAI protocol${said}.`;
}

function tooLongSentence({ origin, model }: FaultPlace): string {
	return `The prompt and the answer don't fit into the context of “${model}” on ${origin}.`;
}

export function loadingSentence(origin: string): string {
	return `${origin} loads its model; it is asked again when that is done.`;
}

/** An error in the middle of a stream, where the status was sent long before. */
function eventFault(error: ApiFailure, place: FaultPlace): ServerFault {
	const code = Number(serverWords(error.error).code ?? NaN);
	const said = serverSays(error, place.secret);
	if (saysTooLong(error.error)) {
		return new ServerFault("promptTooLong", tooLongSentence(place));
	}
	if (saysLoading(error.error, code)) {
		return new ServerFault("serverLoading", loadingSentence(place.origin));
	}
	if (code === 401 || code === 403) {
		return new ServerFault("unauthorized", keySentence(code, said, place));
	}
	if (code === 404) {
		return new ServerFault("notFound", notFoundSentence(said, place));
	}
	if (code === 429) {
		return new ServerFault("rateLimited", `${place.origin} got too many requests${said}.`);
	}
	return code >= 400 && code < 500
		? new ServerFault("requestRefused", `${place.origin} refused the request${said}.`)
		: new ServerFault("serverUnreachable", `${place.origin} failed in its answer${said}.`);
}

const maxQuotedLength = 200;

/** What the server said about it, for the end of a sentence; it is foreign text. */
function serverSays(error: ApiFailure, secret: string | undefined): string {
	return quoted(serverWords(error.error).message, secret);
}

/** `words` of a server as the end of a sentence: on one line, short, and without the key; "" for none. */
export function quoted(words: string, secret: string | undefined): string {
	const clean = withoutSecrets(words, secret)
		.replace(/[\p{C}\p{Z}\s]+/gu, " ")
		.trim()
		.replace(/[.\s]+$/, "");
	if (clean === "" || /<!doctype|<html/i.test(clean)) {
		return "";
	}
	const cut = clean.length > maxQuotedLength ? `${clean.slice(0, maxQuotedLength)}…` : clean;
	return `: ${cut.toWellFormed()}`;
}

/** Servers quote requests in their errors, the key among it. */
function withoutSecrets(text: string, secret: string | undefined): string {
	const hidden = secret === undefined || secret === "" ? text : text.replaceAll(secret, "…");
	return hidden.replace(/\b(?:sk|key|pk)-[\w-]{6,}|\bBearer\s+\S+/gi, "…");
}

export function seconds(ms: number): number {
	return Math.max(1, Math.ceil(ms / 1000));
}
