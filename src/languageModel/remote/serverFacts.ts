import type { LanguageModelErrorCode } from "../errors.ts";
import { ServerFault, quoted } from "./faults.ts";
import { modelList, type ListEntry } from "./modelList.ts";
import { serverWords } from "./serverWords.ts";
import type { ServerConnection } from "./serverConnection.ts";
import { listRequest } from "./serverRequest.ts";
import type { Urgency } from "./serverEffort.ts";
import type { ServerAddress } from "./serverAddress.ts";
import {
	kindFromAddress,
	kindFromOwner,
	type ServerKind,
	type ServerKindSetting,
} from "./serverKind.ts";

export interface ListedModel {
	readonly id: string;
	/** Most tokens of prompt and answer together, where the server tells. */
	readonly contextTokens: number | undefined;
}

/** What is known about a server and its model beyond the settings, or assumed until then. */
export interface KnownFacts {
	readonly kind: ServerKind;
	readonly model: string;
}

/** What a list fails with that says nothing about answers: not every server has one, or gives it to everyone. */
const dispensable: ReadonlySet<LanguageModelErrorCode> = new Set<LanguageModelErrorCode>([
	"notFound",
	"badAnswer",
	"requestRefused",
	"unauthorized",
]);

/** Of a server that doesn't tell: enough to be useful, and what small set-ups have. */
const assumedContextTokens = 8192;
/** Ollama's default; it cuts a longer prompt without a word. */
const assumedOllamaContextTokens = 4096;

export interface ServerFactsOptions {
	readonly connection: ServerConnection;
	readonly address: ServerAddress;
	/** "" is the first that the server lists. */
	readonly model: string;
	readonly kind: ServerKindSetting;
	readonly contextTokens: number | undefined;
}

/** Finds out what a server is, with one request for its list of models, when that is needed first. */
export class ServerFacts {
	readonly #options: ServerFactsOptions;
	#kind: ServerKind | undefined;
	#model = "";
	#contextTokens: number | undefined;

	constructor(options: ServerFactsOptions) {
		this.#options = options;
		this.forget();
	}

	/** Back to the settings: what was found out isn't so any more, and is looked up again when it is needed. */
	forget(): void {
		const { address, kind, model, contextTokens } = this.#options;
		this.#kind = kind === "auto" ? kindFromAddress(address.url) : kind;
		this.#model = model;
		this.#contextTokens = contextTokens;
	}

	/** Undefined until it was found out. */
	get kind(): ServerKind | undefined {
		return this.#kind;
	}

	/** "" until it was found out. */
	get model(): string {
		return this.#model;
	}

	get contextTokens(): number {
		return (
			this.#contextTokens ??
			(this.#kind === "ollama" ? assumedOllamaContextTokens : assumedContextTokens)
		);
	}

	/**
	 * Those that write text first. Rejects with a {@link ServerFault}; empty when `signal` aborted.
	 */
	async list(signal: AbortSignal, urgency: Urgency = "list"): Promise<readonly ListedModel[]> {
		const { connection, address, model } = this.#options;
		const value = await connection.json(listRequest(urgency), signal);
		if (signal.aborted) {
			return [];
		}
		const listed = modelList(value);
		if (listed === undefined) {
			const said = quoted(serverWords(value).message, undefined);
			throw new ServerFault(
				"badAnswer",
				`${address.origin} sent a list of models that can't be read${said}; check the address's path.`,
			);
		}
		const usable = listed.filter(({ writes }) => writes);
		const chosen = named(listed, model) ?? usable[0];
		this.#kind ??= kindFromOwner((chosen ?? listed[0])?.owner);
		if (this.#model === "") {
			this.#model = chosen?.id ?? "";
		}
		if (chosen !== undefined && chosen === named(listed, this.#model)) {
			this.#contextTokens ??= chosen.contextTokens;
		}
		const others = listed.filter(({ writes }) => !writes);
		return [...usable, ...others].map(({ id, contextTokens }) => ({ id, contextTokens }));
	}

	/** Undefined when `signal` aborted. Rejects with a {@link ServerFault}. */
	async known(signal: AbortSignal, urgency: Urgency): Promise<KnownFacts | undefined> {
		if (this.#kind === undefined || this.#model === "") {
			try {
				await this.list(signal, urgency);
			} catch (error) {
				const isDispensable = error instanceof ServerFault && dispensable.has(error.code);
				if (!isDispensable || this.#model === "") {
					throw error;
				}
			}
			if (signal.aborted) {
				return undefined;
			}
			this.#kind ??= "openai";
		}
		if (this.#model === "") {
			throw new ServerFault(
				"notFound",
				`${this.#options.address.origin} lists no model that writes text; load one there, or set its name.`,
			);
		}
		return { kind: this.#kind, model: this.#model };
	}
}

/** Ollama lists a model with its tag, and takes its name without. */
function named(listed: readonly ListEntry[], model: string): ListEntry | undefined {
	return model === ""
		? undefined
		: (listed.find(({ id }) => id === model) ?? listed.find(({ id }) => id === `${model}:latest`));
}
