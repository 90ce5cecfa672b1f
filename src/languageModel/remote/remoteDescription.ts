import type { ModelDescription } from "../languageModel.ts";
import type { ServerAddress } from "./serverAddress.ts";
import type { ServerFacts } from "./serverFacts.ts";

export function describeRemote(address: ServerAddress, facts: ServerFacts): ModelDescription {
	const name = facts.model === "" ? address.url.host : facts.model;
	return {
		id: `remote/${address.url.host}/${facts.model}`,
		name,
		place: "remote",
		server: address.origin,
		contextTokens: facts.contextTokens,
	};
}
