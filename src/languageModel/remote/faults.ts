import { APIConnectionError, APIConnectionTimeoutError, APIError } from "openai";
import * as z from "zod";
import { LanguageModelError, type LanguageModelErrorCode } from "../errors.ts";
import type { TimeLimitKind, TimeLimitsMs } from "./timeLimits.ts";

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
	return connectionFault(error, origin);
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
	const chain = causes(error);
	return chain.find((link) => link instanceof ServerFault);
}

function causes(error: unknown): readonly unknown[] {
	const chain: unknown[] = [];
	let link = error;
	while (link !== undefined && chain.length < 5) {
		chain.push(link);
		link = link instanceof Error ? link.cause : undefined;
	}
	return chain;
}

function statusFault(error: ApiFailure, status: number, place: FaultPlace): ServerFault {
	const { origin, model } = place;
	const said = serverSays(error, place.secret);
	const retryAfterMs = retryAfter(error.headers);
	if (status === 401 || status === 403) {
		return new ServerFault(
			"unauthorized",
			place.secret === undefined
				? `${origin} wants a key; set it with “Mote: Set the Server's Key”.`
				: `${origin} refuses the key; set another with “Mote: Set the Server's Key”.`,
		);
	}
	if (status === 404 || status === 405) {
		return new ServerFault(
			"notFound",
			`${origin} has no model “${model}”, or isn't a server of the OpenAI protocol${said}.`,
		);
	}
	if (status === 429) {
		const wait =
			retryAfterMs === undefined
				? ""
				: ` and wants to be asked again in ${seconds(retryAfterMs)} s`;
		return new ServerFault("rateLimited", `${origin} got too many requests${wait}.`, {
			retryAfterMs,
		});
	}
	if (status === 408 || status >= 500) {
		return new ServerFault("serverUnreachable", `${origin} failed with status ${status}${said}.`, {
			retryAfterMs,
		});
	}
	if (isTooLong(error)) {
		return new ServerFault(
			"promptTooLong",
			`The prompt and the answer don't fit into the context of “${model}” on ${origin}.`,
		);
	}
	return new ServerFault(
		"requestRefused",
		`${origin} refused the request with status ${status}${said}.`,
	);
}

const errorBodySchema = z.union([
	z.object({
		message: z.string().optional(),
		code: z.union([z.number(), z.string()]).nullish(),
	}),
	z.string().transform((message) => ({ message, code: undefined })),
]);

/** An error in the middle of a stream, where the status was sent long before. */
function eventFault(error: ApiFailure, place: FaultPlace): ServerFault {
	const body = errorBodySchema.safeParse(error.error);
	const code = body.success ? Number(body.data.code) : NaN;
	const said = serverSays(error, place.secret);
	if (isTooLong(error)) {
		return new ServerFault(
			"promptTooLong",
			`The prompt and the answer don't fit into the context of “${place.model}” on ${place.origin}.`,
		);
	}
	if (code === 429) {
		return new ServerFault("rateLimited", `${place.origin} got too many requests${said}.`);
	}
	return code >= 400 && code < 500
		? new ServerFault("requestRefused", `${place.origin} refused the request${said}.`)
		: new ServerFault("serverUnreachable", `${place.origin} failed in its answer${said}.`);
}

/** Servers put it in words only: vLLM, llama.cpp, LM Studio and OpenAI, in this order. */
function isTooLong(error: ApiFailure): boolean {
	const body = errorBodySchema.safeParse(error.error);
	const message = body.success ? (body.data.message ?? "") : "";
	return /maximum context length|exceeds? the available context|context (?:length|window|size)|max_model_len/i.test(
		message,
	);
}

const maxQuotedLength = 200;

/** What the server said about it, for the end of a sentence; it is foreign text. */
function serverSays(error: ApiFailure, secret: string | undefined): string {
	const body = errorBodySchema.safeParse(error.error);
	const message = body.success ? (body.data.message ?? "") : "";
	const clean = withoutSecrets(message, secret)
		.replace(/[\p{C}\p{Z}\s]+/gu, " ")
		.trim()
		.replace(/[.\s]+$/, "");
	if (clean === "" || clean.includes("<html")) {
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

/** In milliseconds; the header has seconds or a date, and some servers send milliseconds beside it. */
export function retryAfter(headers: Headers | undefined): number | undefined {
	const inMs = Number(headers?.get("retry-after-ms") ?? NaN);
	if (Number.isFinite(inMs) && inMs >= 0) {
		return inMs;
	}
	const header = headers?.get("retry-after");
	if (header === null || header === undefined || header.trim() === "") {
		return undefined;
	}
	const inSeconds = Number(header);
	const ms = Number.isFinite(inSeconds) ? inSeconds * 1000 : Date.parse(header) - Date.now();
	return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

export function seconds(ms: number): number {
	return Math.max(1, Math.ceil(ms / 1000));
}

function connectionFault(error: unknown, origin: string): ServerFault {
	const code = causes(error)
		.map(systemCode)
		.find((found) => found !== undefined);
	if (code !== undefined && /CERT|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET)|TLS|SSL/.test(code)) {
		return new ServerFault(
			"serverUnreachable",
			`The certificate of ${origin} isn't trusted here (${code}); add its authority to the system's.`,
		);
	}
	if (code === "ECONNRESET" || code === "UND_ERR_SOCKET" || code === "EPIPE") {
		return new ServerFault("serverUnreachable", `${origin} closed the connection.`);
	}
	return new ServerFault(
		"serverUnreachable",
		`${origin} can't be reached${code === undefined ? "" : ` (${code})`}; start it, or check its address and the proxy.`,
	);
}

/** Node's and undici's codes; a message could quote anything. */
function systemCode(error: unknown): string | undefined {
	const code =
		typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
	return typeof code === "string" && /^[A-Z][A-Z0-9_]{2,60}$/.test(code) ? code : undefined;
}
