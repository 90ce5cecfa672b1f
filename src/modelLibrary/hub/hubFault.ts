import { causesOf, connectionFaultSentence } from "../../base/network/connectionSentences.ts";
import { retryAfter } from "../../base/network/retryAfter.ts";
import { LibraryError, type LibraryErrorCode } from "../libraryError.ts";
import { mirrorVariables, type HubAddress } from "./hubAddress.ts";

/** What went wrong with one request to a hub, or to where it sent us. */
export class HubFault extends LibraryError {
	/** Whether the same request may succeed in a moment. */
	readonly isPassing: boolean;
	/** As the hub asked for; undefined when it didn't. */
	readonly retryAfterMs: number | undefined;

	constructor(
		code: LibraryErrorCode,
		message: string,
		options?: ErrorOptions & {
			readonly isPassing?: boolean;
			readonly retryAfterMs?: number | undefined;
		},
	) {
		super(code, message, options);
		this.isPassing = options?.isPassing ?? false;
		this.retryAfterMs = options?.retryAfterMs;
	}
}

/** Who has failed: a hub or a registry, or the place that it has sent us to. */
export type HubOrigin = Pick<HubAddress, "kind" | "origin">;

/** Of an answer that isn't the wanted one. `what` is what was asked for: "Qwen/Qwen3" or a file of it. */
export function statusFault(
	response: Response,
	hub: HubOrigin,
	{ what, hasToken }: { what: string; hasToken: boolean },
): HubFault {
	const { status, headers } = response;
	const { kind, origin } = hub;
	const variable = mirrorVariables[kind];
	switch (status) {
		case 401:
		case 403:
			return new HubFault("accessDenied", deniedSentence(hub, what, status, hasToken));
		case 404:
		case 410:
			return new HubFault(
				"notFound",
				kind === "hub"
					? `${origin} has no ${what}; check its name.`
					: `${origin} has no ${what}; set ${variable} to a registry that has it, or take it away.`,
			);
		case 407:
			return new HubFault(
				"hubUnreachable",
				"The proxy wants a user name and a password; give them in the proxy's setting.",
			);
	}
	const retryAfterMs = retryAfter(headers);
	if (status === 429) {
		return new HubFault("hubBusy", `${origin} has too many requests; try again later.`, {
			isPassing: true,
			retryAfterMs,
		});
	}
	if (status === 408 || status >= 500) {
		return new HubFault(
			"hubUnreachable",
			`${origin} failed with status ${status}; try again later, or set ${variable} to a mirror.`,
			{ isPassing: true, retryAfterMs },
		);
	}
	return new HubFault(
		"hubInvalid",
		`${origin} answered with status ${status} when asked for ${what}; check ${variable} and the proxy.`,
	);
}

function deniedSentence(
	{ kind, origin }: HubOrigin,
	what: string,
	status: number,
	hasToken: boolean,
): string {
	if (kind === "registry") {
		return `${origin} doesn't give ${what} to everybody (status ${status}); set ${mirrorVariables.registry} to a registry that does.`;
	}
	return hasToken
		? `${origin} doesn't give ${what} to this token (status ${status}); accept the model's terms there with the token's account, or check its name.`
		: `${origin} doesn't give ${what} to everybody (status ${status}); check its name, or accept its terms there and set HF_TOKEN.`;
}

/** Of a request that failed on its way. Quotes no message: it could hold anything. */
export function connectionFault(error: unknown, { kind, origin }: HubOrigin): HubFault {
	const causes = causesOf(error);
	const isOffline = causes.some(
		(cause) =>
			cause instanceof Error &&
			"code" in cause &&
			/^(?:ENOTFOUND|EAI_AGAIN|ENETUNREACH|ENETDOWN|EHOSTUNREACH)$/.test(String(cause.code)),
	);
	return new HubFault(
		"hubUnreachable",
		isOffline
			? `${origin} can't be reached from here; check that this machine is online, its proxy, or set ${mirrorVariables[kind]} to a mirror.`
			: `${connectionFaultSentence(causes, origin).replace(/[.]$/, "")}; what came so far is kept.`,
		{ isPassing: true, cause: error },
	);
}

/** Of a hub, or whoever stands in for it, that contradicts itself. */
export function lyingFault({ kind, origin }: HubOrigin, problem: string): HubFault {
	return new HubFault(
		"hubInvalid",
		`${origin} ${problem}; try again later, or set ${mirrorVariables[kind]} to another mirror.`,
	);
}
