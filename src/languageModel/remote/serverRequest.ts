import type { Urgency } from "./serverEffort.ts";

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
