import type { Clock } from "../../base/clock.ts";
import type { ModelDescription } from "../languageModel.ts";
import type { ServerAddress } from "./serverAddress.ts";
import type { ServerConnection } from "./serverConnection.ts";
import type { ServerFacts } from "./serverFacts.ts";

/** What a model is asked through that a server has. */
export interface ServedModel {
	readonly connection: ServerConnection;
	readonly facts: ServerFacts;
	readonly address: ServerAddress;
	readonly clock: Clock;
}

export function describeServed({ address, facts }: ServedModel): ModelDescription {
	const name = facts.model === "" ? address.url.host : facts.model;
	return {
		id: `remote/${address.url.host}/${facts.model}`,
		name,
		place: "remote",
		server: address.origin,
		contextTokens: facts.contextTokens,
	};
}
