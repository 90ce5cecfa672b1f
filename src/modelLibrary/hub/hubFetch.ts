import { assert } from "../../base/assert.ts";
import type { Clock } from "../../base/clock.ts";
import { isLoopback } from "../../base/network/loopback.ts";
import { TimeLimits, type TimeLimitsMs } from "../../base/network/timeLimits.ts";
import type { HubAddress } from "./hubAddress.ts";
import { connectionFault, HubFault, lyingFault, statusFault, type HubOrigin } from "./hubFault.ts";

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

export interface HubConnection {
	readonly address: HubAddress;
	/** Knows the proxy and the certificate authorities: the editor's in the editor, Node's elsewhere. */
	readonly fetch: Fetch;
	/** Asked for each request and kept nowhere; undefined for none. */
	readonly token: () => Promise<string | undefined>;
	readonly clock: Clock;
}

export interface HubRequest {
	readonly url: string;
	readonly headers?: Readonly<Record<string, string>>;
	/** For messages. */
	readonly what: string;
	/** Statuses beside 200 that the caller understands. */
	readonly accepts?: readonly number[];
	readonly limitsMs: TimeLimitsMs;
	readonly signal: AbortSignal;
}

export interface HubAnswer {
	readonly status: number;
	readonly headers: Headers;
	/** The body in pieces, each waited for within the limits. Throws a {@link HubFault}. */
	readonly pieces: AsyncGenerator<Uint8Array, void, void>;
	/** Whoever doesn't read to the end has to end it. */
	readonly close: () => Promise<void>;
}

/** A hub sends to its storage, that to a region; more is a circle. */
const maxRedirects = 5;

/**
 * One GET, over redirects, whose headers came. The token goes to the hub's own origin and nowhere else, nothing goes from
 * https to http, and no hub elsewhere sends us to this machine. Throws a {@link HubFault}; whatever it throws after
 * `signal` aborted means nothing.
 */
export async function askHub(connection: HubConnection, request: HubRequest): Promise<HubAnswer> {
	const { address, clock } = connection;
	const limits = new TimeLimits(clock, request.limitsMs, [request.signal]);
	let place = new URL(request.url);
	try {
		const token = await sendableToken(connection);
		for (let redirects = 0; redirects <= maxRedirects; redirects++) {
			const response = await limits.within(
				"firstByte",
				send(connection, place, request, token, limits),
			);
			if (!isRedirect(response)) {
				if (response.status === 200 || request.accepts?.includes(response.status) === true) {
					return answerOf(response, originOf(place, address), limits);
				}
				await response.body?.cancel();
				const hub = originOf(place, address);
				throw statusFault(response, hub, { what: request.what, hasToken: token !== undefined });
			}
			await response.body?.cancel();
			place = redirected(response, place, address);
		}
		throw lyingFault(address, `sends us in circles when asked for ${request.what}`);
	} catch (error) {
		const fault = faultOf(error, originOf(place, address), limits);
		limits.close();
		throw fault;
	}
}

/** A place that belongs to the hub, or that it has sent us to. */
function originOf({ origin }: URL, { kind }: HubAddress): HubOrigin {
	return { kind, origin };
}

async function send(
	{ fetch, address }: HubConnection,
	place: URL,
	{ headers }: HubRequest,
	token: string | undefined,
	{ signal }: TimeLimits,
): Promise<Response> {
	return await fetch(place, {
		headers: {
			"user-agent": "mote",
			// Ranges and sizes are those of the file, not of a packed form of it.
			"accept-encoding": "identity",
			...headers,
			...(token !== undefined &&
				place.origin === address.origin && { authorization: `Bearer ${token}` }),
		},
		redirect: "manual",
		credentials: "omit",
		signal,
	});
}

async function sendableToken({ token, address }: HubConnection): Promise<string | undefined> {
	const text = (await token())?.trim() ?? "";
	if (text === "") {
		return undefined;
	}
	if (!/^[\x21-\x7e]{1,4096}$/.test(text)) {
		throw new HubFault("accessDenied", "HF_TOKEN has characters that can't be sent; set it again.");
	}
	if (!address.isPrivate) {
		throw new HubFault(
			"accessDenied",
			`The token doesn't go to ${address.origin}, because anyone between could read it; use https:// in HF_ENDPOINT, or take HF_TOKEN away.`,
		);
	}
	return text;
}

function isRedirect({ status, type }: Response): boolean {
	return type === "opaqueredirect" || [301, 302, 303, 307, 308].includes(status);
}

function redirected({ headers }: Response, from: URL, hub: HubAddress): URL {
	const location = headers.get("location");
	const target =
		location !== null && URL.canParse(location, from.href)
			? new URL(location, from.href)
			: undefined;
	const isAllowed =
		target !== undefined &&
		["https:", from.protocol].includes(target.protocol) &&
		target.username === "" &&
		target.password === "" &&
		(hub.isLoopback || !isLoopback(target.hostname));
	if (!isAllowed) {
		throw lyingFault(originOf(from, hub), "sends us to a place where Mote doesn't go");
	}
	return target;
}

function answerOf(response: Response, hub: HubOrigin, limits: TimeLimits): HubAnswer {
	const reader = response.body?.getReader();
	async function* pieces(): AsyncGenerator<Uint8Array, void, void> {
		try {
			while (reader !== undefined) {
				const next: { readonly done: boolean; readonly value?: unknown } = await limits.within(
					"betweenChunks",
					reader.read(),
				);
				if (next.done) {
					return;
				}
				const { value } = next;
				assert(value instanceof Uint8Array, "a body comes in bytes");
				yield value;
			}
		} catch (error) {
			throw faultOf(error, hub, limits);
		}
	}
	return {
		status: response.status,
		headers: response.headers,
		pieces: pieces(),
		close: async () => {
			limits.close();
			// The connection may be gone already, which is all that is wanted.
			await reader?.cancel().catch(() => undefined);
		},
	};
}

function faultOf(error: unknown, hub: HubOrigin, limits: TimeLimits): HubFault {
	if (error instanceof HubFault) {
		return error;
	}
	if (limits.exceeded !== undefined) {
		return new HubFault(
			"hubUnreachable",
			`${hub.origin} sent nothing for too long; try again later: what came so far is kept.`,
			{ isPassing: true },
		);
	}
	return connectionFault(error, hub);
}
