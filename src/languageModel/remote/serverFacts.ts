import * as z from "zod";
import { ServerFault } from "./faults.ts";
import { listRequest, type ServerConnection } from "./serverConnection.ts";
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

const contextTokens = z.int().positive().max(100_000_000).nullish();

const listSchema = z.object({
	data: z
		.array(
			z.object({
				id: z.string().min(1).max(512),
				owned_by: z.string().nullish(),
				/** vLLM. */
				max_model_len: contextTokens,
				/** Hosted services. */
				context_length: contextTokens,
				/** llama.cpp: what was set when it started, as opposed to what the model was trained for. */
				meta: z.object({ n_ctx: contextTokens }).nullish(),
			}),
		)
		.max(20_000),
});

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

	/** Rejects with a {@link ServerFault}; empty when `signal` aborted. */
	async list(signal: AbortSignal, urgency: Urgency = "list"): Promise<readonly ListedModel[]> {
		const { connection, address, model } = this.#options;
		const value = await connection.json(listRequest(urgency), signal);
		if (signal.aborted) {
			return [];
		}
		const parsed = listSchema.safeParse(value);
		if (!parsed.success) {
			throw new ServerFault(
				"badAnswer",
				`${address.origin} sent a list of models that can't be read; check the address's path.`,
			);
		}
		const listed = parsed.data.data.map((entry) => ({
			id: entry.id,
			owner: entry.owned_by ?? undefined,
			contextTokens: entry.max_model_len ?? entry.context_length ?? entry.meta?.n_ctx ?? undefined,
		}));
		const chosen = listed.find(({ id }) => id === model) ?? listed[0];
		this.#kind ??= kindFromOwner(chosen?.owner);
		if (this.#model === "") {
			this.#model = chosen?.id ?? "";
		}
		if (chosen?.id === this.#model) {
			this.#contextTokens ??= chosen.contextTokens;
		}
		return listed.map(({ id, contextTokens }) => ({ id, contextTokens }));
	}

	/** Undefined when `signal` aborted. Rejects with a {@link ServerFault}. */
	async known(signal: AbortSignal, urgency: Urgency): Promise<KnownFacts | undefined> {
		if (this.#kind === undefined || this.#model === "") {
			try {
				await this.list(signal, urgency);
			} catch (error) {
				// Not every server has a list; what is needed of it may be known all the same.
				const isMissing = error instanceof ServerFault && error.code === "notFound";
				if (!isMissing || this.#model === "") {
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
				`${this.#options.address.origin} lists no model; load one there, or set its name.`,
			);
		}
		return { kind: this.#kind, model: this.#model };
	}
}
