import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import type { ChatModel, InfillModel } from "../languageModel.ts";
import { fimTemplateOf, fimTemplates, type FimFamily } from "./fimTemplates.ts";
import type { Fetch } from "./guardedFetch.ts";
import { HealthMonitor, type ServerHealth } from "./health.ts";
import { RemoteChatModel } from "./remoteChatModel.ts";
import { RemoteInfillModel } from "./remoteInfillModel.ts";
import { parseServerAddress } from "./serverAddress.ts";
import { ServerConnection } from "./serverConnection.ts";
import { ServerFacts, type ListedModel } from "./serverFacts.ts";
import { infillRoutes, type ServerKindSetting } from "./serverKind.ts";

export interface RemoteServerOptions {
	/** Root of the OpenAI protocol; `/v1` is added where the address has no path. */
	readonly address: string;
	/** As the server calls it; "" is the first that it lists. */
	readonly model: string;
	readonly kind: ServerKindSetting;
	/** Asked for each request and kept nowhere. */
	readonly key: () => Promise<string | undefined>;
	/** For a model whose name doesn't tell its family, or tells a wrong one. */
	readonly fimFamily?: FimFamily | undefined;
	/** Where the server doesn't tell, or tells too much. */
	readonly contextTokens?: number | undefined;
	/** Knows the proxy and the certificate authorities: the editor's in the editor, Node's elsewhere. */
	readonly fetch: Fetch;
	readonly clock: Clock;
	readonly logger: Logger;
	/** Called when the kind of health changes; must not throw. */
	readonly onDidChangeHealth: (health: ServerHealth) => void;
}

export interface RemoteServer {
	readonly chat: ChatModel;
	/** Undefined when the model surely can't fill in the middle. */
	readonly infill: InfillModel | undefined;
	readonly health: ServerHealth;
	/** One sentence about an unencrypted connection to another machine. */
	readonly warning: string | undefined;
	/** What the server serves; learns its kind and the context length by the way. Empty when aborted. */
	listModels(signal: AbortSignal): Promise<readonly ListedModel[]>;
	/** Ends what is in flight; requests fail from then on. */
	dispose(): void;
}

/**
 * A server that speaks the OpenAI protocol. Nothing is sent before a model is asked or the models are listed.
 * Throws a {@link import("../errors.ts").LanguageModelError} "serverMisconfigured" for an address that can't be one.
 */
export function createRemoteServer(options: RemoteServerOptions): RemoteServer {
	const { model, kind, key, fetch, clock, logger, contextTokens } = options;
	const address = parseServerAddress(options.address);
	const { fimFamily } = options;
	const template = fimFamily === undefined ? undefined : fimTemplates[fimFamily];
	const health = new HealthMonitor(address.origin, options.onDidChangeHealth);
	const connection = new ServerConnection({
		address,
		key,
		fetch,
		clock,
		logger,
		health,
	});
	const facts = new ServerFacts({ connection, address, model: model.trim(), kind, contextTokens });
	const served = { connection, facts, address, clock };
	const mayInfill =
		facts.kind === undefined ||
		facts.model === "" ||
		infillRoutes[facts.kind] !== "template" ||
		(template ?? fimTemplateOf(facts.model)) !== undefined;
	return {
		chat: new RemoteChatModel(served),
		infill: mayInfill ? new RemoteInfillModel(served, template) : undefined,
		get health() {
			return health.health;
		},
		warning: address.warning,
		listModels: (signal) => facts.list(signal),
		dispose: () => connection.dispose(),
	};
}
