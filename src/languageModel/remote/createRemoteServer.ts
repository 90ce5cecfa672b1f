import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import { LanguageModelError } from "../errors.ts";
import type { ChatModel, InfillModel } from "../languageModel.ts";
import { fimTemplateOf, fimTemplates } from "./fimTemplates.ts";
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
	/** A key of {@link fimTemplates}, for a model whose name doesn't tell its family. */
	readonly fimFamily?: string | undefined;
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
 * Throws a {@link LanguageModelError} "serverMisconfigured" for an address that can't be one.
 */
export function createRemoteServer(options: RemoteServerOptions): RemoteServer {
	const { model, kind, key, fetch, clock, logger, contextTokens } = options;
	const address = parseServerAddress(options.address);
	const template = familyTemplate(options.fimFamily);
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
	const models = { connection, facts, address, clock };
	const mayInfill =
		facts.kind === undefined ||
		facts.model === "" ||
		infillRoutes[facts.kind] !== "template" ||
		(template ?? fimTemplateOf(facts.model)) !== undefined;
	return {
		chat: new RemoteChatModel(models),
		infill: mayInfill ? new RemoteInfillModel(models, template) : undefined,
		get health() {
			return health.health;
		},
		warning: address.warning,
		listModels: (signal) => facts.list(signal),
		dispose: () => connection.dispose(),
	};
}

function familyTemplate(family: string | undefined): (typeof fimTemplates)[string] | undefined {
	if (family === undefined || family === "" || family === "auto") {
		return undefined;
	}
	const template = Object.hasOwn(fimTemplates, family) ? fimTemplates[family] : undefined;
	if (template === undefined) {
		throw new LanguageModelError(
			"serverMisconfigured",
			`There is no fill-in-the-middle format “${family}”; choose one of ${Object.keys(fimTemplates).join(", ")}.`,
		);
	}
	return template;
}
