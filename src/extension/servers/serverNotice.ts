import type { ModelPlace } from "../../languageModel/languageModel.ts";
import type { ServerHealth } from "../../languageModel/remote/health.ts";
import type { ServerSettings } from "../settings.ts";

/** What the status bar says of a server beside everything else. */
export interface ServerNotice {
	/** In the editor's label syntax. */
	readonly icon: string;
	/** Whole sentences. */
	readonly text: string;
}

export interface ServerState {
	readonly server: ServerSettings;
	readonly health: ServerHealth;
	/** Who wrote the last answer of a conversation; undefined before the first. */
	readonly answeredBy: ModelPlace | undefined;
	/** Whether a model on this machine can answer instead. */
	readonly hasStandIn: { readonly chat: boolean; readonly completions: boolean };
}

/** Undefined where nothing leaves the editor. */
export function serverNotice(state: ServerState | undefined): ServerNotice | undefined {
	if (state === undefined || !(state.server.useForChat || state.server.useForCompletions)) {
		return undefined;
	}
	const { server, health } = state;
	const where = server.isLoopback ? `${server.origin}, on this machine` : server.origin;
	const uses = [
		...(server.useForCompletions ? ["code around the cursor, for completions"] : []),
		...(server.useForChat ? ["conversations"] : []),
	];
	if (health.kind === "down" || state.answeredBy === "local") {
		return {
			icon: "$(debug-disconnect)",
			text: [whatIsWrong(server, health), ...standIns(state)].join(" "),
		};
	}
	const isLoading = health.kind === "loading";
	const waits = isLoading || health.kind === "slow" ? [health.sentence] : [];
	const meanwhile =
		isLoading && server.useForCompletions && state.hasStandIn.completions
			? ["Completions come from the model on this machine until then."]
			: [];
	return {
		icon: server.isLoopback ? "$(server)" : "$(cloud)",
		text: [`Sent to ${where}: ${uses.join("; ")}.`, ...waits, ...meanwhile].join(" "),
	};
}

function whatIsWrong(server: ServerSettings, health: ServerHealth): string {
	return health.kind === "down" || health.kind === "slow" || health.kind === "loading"
		? health.sentence
		: `${server.origin} could not answer the last question.`;
}

function standIns({ server, hasStandIn }: ServerState): string[] {
	const taken = [
		...(server.useForCompletions && hasStandIn.completions ? ["completions"] : []),
		...(server.useForChat && hasStandIn.chat ? ["conversations"] : []),
	];
	return taken.length === 0
		? []
		: [`The model on this machine has taken over: ${taken.join(" and ")}.`];
}
