import path from "node:path";
import * as vscode from "vscode";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import { UserError } from "../../base/userError.ts";
import type { ChosenModel } from "../../chat/infillQuestion.ts";
import type {
	ChatModel,
	InfillModel,
	ModelDescription,
} from "../../languageModel/languageModel.ts";
import type { LoadInTurn } from "../../engineProcess/loadTurns.ts";
import { engineChatModel } from "../../languageModel/local/engineChatModel.ts";
import { engineInfillModel } from "../../languageModel/local/engineInfillModel.ts";
import type { RemoteServer } from "../../languageModel/remote/createRemoteServer.ts";
import { chatWithFallback, infillWithFallback } from "../../languageModel/remote/withFallback.ts";
import type { LocalModel } from "../engineSession.ts";
import { sameEngineProcess, type ServerSettings, type Settings } from "../settings.ts";
import { ChatEngine } from "./chatEngine.ts";
import type { ServerKeys } from "./serverKeys.ts";
import type { ServerState } from "./serverNotice.ts";

export interface LanguageModelsOptions {
	/** Where the extension is installed. */
	readonly extensionFolder: string;
	/** Where the engine keeps what it finds out about this machine. Absolute. */
	readonly cacheFolder: string;
	readonly keys: ServerKeys;
	/** The model for completions on this machine; undefined while none is open. */
	readonly completionModel: () => LocalModel | undefined;
	/** False in a workspace that may be anybody's: nothing is sent from it. */
	readonly isTrusted: () => boolean;
	/** The editor's, which knows its proxy and its certificates. */
	readonly fetch: typeof globalThis.fetch;
	/** Of the models of this window. */
	readonly loadInTurn: LoadInTurn;
	/** Hears the name of the chat's own model while somebody waits for it to be loaded, and undefined after that. */
	readonly onDidChangeLoading: (modelName: string | undefined) => void;
	readonly clock: Clock;
	readonly logger: Logger;
}

/** Says what to do where nothing can answer. */
const nothingAnswers =
	"No model can converse yet: install one with “Mote: Manage Models”, or choose “Mote: Connect to a Server…”.";

/**
 * The models in force: on this machine, on the server that the user has chosen, and which of them answers
 * when. Without a server in the settings none is made, so that nothing could be sent.
 */
export class LanguageModels implements vscode.Disposable {
	private readonly changes = new vscode.EventEmitter<void>();
	readonly onDidChange = this.changes.event;
	private settings: Settings;
	private server: RemoteServer | undefined;
	private chatEngine: ChatEngine | undefined;
	private chatEngineProblem: string | undefined;
	private localChat: ChatModel | undefined;
	private localInfill: InfillModel | undefined;
	/** Who wrote the latest answer; undefined before the first, and where nobody else could. */
	private answeredBy: ModelDescription | undefined;
	/** What was asked of a server that is no longer the one in force. */
	private asking = new AbortController();
	/** Opening and closing of chat engines, one after the other; never rejects. */
	private lastOpening: Promise<void> = Promise.resolve();
	private isDisposed = false;

	constructor(
		private readonly options: LanguageModelsOptions,
		settings: Settings,
	) {
		this.settings = settings;
		this.makeServer();
		this.openChatEngine();
	}

	/** What conversations go through: the server if it is wanted for them, with this machine as stand-in. */
	chat: ChatModel | undefined;

	/** What fills holes outside of completions, likewise. */
	infill: InfillModel | undefined;

	/** The server's, if it is wanted for completions. */
	get serverInfill(): InfillModel | undefined {
		return this.settings.server?.useForCompletions === true ? this.server?.infill : undefined;
	}

	/** Each model that can converse, as itself. */
	get offered(): readonly ChatModel[] {
		const remote = this.settings.server?.useForChat === true ? this.server?.chat : undefined;
		return [
			...(remote === undefined ? [] : [remote]),
			...(this.localChat === undefined ? [] : [this.localChat]),
		];
	}

	get chosen(): ChosenModel {
		if (this.chat !== undefined) {
			return { kind: "chat", model: this.chat, answeredBy: () => this.answeredBy };
		}
		// Who chose a chat model hears what is wrong with it, not that there is none.
		return this.infill === undefined || this.chatEngineProblem !== undefined
			? { kind: "none", reason: this.chatEngineProblem ?? nothingAnswers }
			: { kind: "infill", model: this.infill };
	}

	get serverState(): ServerState | undefined {
		const { server } = this.settings;
		return server === undefined || this.server === undefined
			? undefined
			: {
					server,
					health: this.server.health,
					answeredBy: this.answeredBy?.place,
					hasStandIn: {
						chat: this.localChat !== undefined,
						completions: this.localInfill !== undefined,
					},
				};
	}

	/** Takes over what the user configured. */
	configure(settings: Settings): void {
		const previous = this.settings;
		this.settings = settings;
		if (!sameAddress(previous.server, settings.server)) {
			this.makeServer();
		}
		if (
			previous.chatModelPath !== settings.chatModelPath ||
			!sameEngineProcess(previous.engine, settings.engine)
		) {
			this.openChatEngine();
		}
		this.chatEngine?.engine.setUnloadAfterMs(settings.chatUnloadAfterMs);
		this.choose();
	}

	/** The workspace is trusted now, or the key is another: what failed before may work. */
	reconnect(): void {
		this.makeServer();
		this.choose();
	}

	/** Another model for completions is open, or none. */
	completionModelChanged(): void {
		this.makeLocalModels();
		this.choose();
	}

	dispose(): void {
		this.isDisposed = true;
		this.asking.abort();
		this.server?.dispose();
		this.openChatEngine();
		this.changes.dispose();
	}

	private makeServer(): void {
		const { server } = this.settings;
		this.server?.dispose();
		this.server = undefined;
		this.answeredBy = undefined;
		this.asking.abort();
		if (server !== undefined && this.options.isTrusted()) {
			this.asking = new AbortController();
			void this.connect(server, this.asking.signal);
		}
	}

	private async connect(server: ServerSettings, signal: AbortSignal): Promise<void> {
		const { keys, fetch, clock, logger } = this.options;
		// With its library the client is a fifth of the extension's code: only who has a server loads it.
		const { createRemoteServer } = await import("../../languageModel/remote/createRemoteServer.ts");
		if (signal.aborted) {
			return;
		}
		this.server = createRemoteServer({
			address: server.address,
			model: server.model,
			kind: server.kind,
			fimFamily: server.fimFamily,
			key: () => keys.get(server.origin),
			fetch,
			clock,
			logger,
			onDidChangeHealth: ({ kind, sentence }) => {
				logger.info(`The server is ${kind}: ${sentence}`);
				this.changes.fire();
			},
		});
		if (this.server.warning !== undefined) {
			logger.warn(this.server.warning);
		}
		this.choose();
		await this.learn(this.server, signal);
	}

	/** Asks the server what it is, before anyone waits for an answer. */
	private async learn(server: RemoteServer, signal: AbortSignal): Promise<void> {
		try {
			await server.listModels(signal);
		} catch (error) {
			if (!(error instanceof UserError)) {
				throw error;
			}
			// Its health has the sentence for people.
			this.options.logger.info(error.message);
		}
		if (!signal.aborted) {
			this.changes.fire();
		}
	}

	/** Closes the one before, and opens what the settings name. */
	private openChatEngine(): void {
		const folder = this.isDisposed ? undefined : this.settings.chatModelPath;
		const { extensionFolder, cacheFolder, loadInTurn, onDidChangeLoading } = this.options;
		const { clock, logger } = this.options;
		this.lastOpening = this.lastOpening.then(async () => {
			const previous = this.chatEngine;
			this.chatEngine = undefined;
			this.chatEngineProblem = undefined;
			await previous?.dispose();
			if (folder !== undefined && folder === this.settings.chatModelPath && !this.isDisposed) {
				try {
					this.chatEngine = await ChatEngine.open({
						modelFolder: path.resolve(folder),
						extensionFolder,
						cacheFolder,
						settings: this.settings.engine,
						loadInTurn,
						onDidChangeLoading,
						clock,
						logger,
					});
					// Now: the setting may have changed meanwhile.
					this.chatEngine.engine.setUnloadAfterMs(this.settings.chatUnloadAfterMs);
				} catch (error) {
					this.chatEngineProblem =
						error instanceof UserError
							? error.message
							: `The chat model in ${folder} could not be opened; the log says why.`;
					logger.error(error instanceof UserError ? error.message : String(error));
				}
			}
			this.makeLocalModels();
			this.choose();
		});
	}

	private makeLocalModels(): void {
		const { clock, logger } = this.options;
		const completion = this.options.completionModel();
		const { chatModelPath } = this.settings;
		// One folder is one engine: a waiting completion is then served between two tokens of an answer.
		const isSame =
			chatModelPath === undefined || path.resolve(chatModelPath) === completion?.folder;
		const chat = isSame ? completion : this.chatEngine;
		this.localInfill = completion && engineInfillModel({ ...completion, clock });
		this.localChat = undefined;
		try {
			this.localChat =
				chat &&
				engineChatModel({
					engine: chat.engine,
					tokenizer: chat.tokenizer,
					manifest: chat.manifest,
					clock,
				});
			if (chatModelPath !== undefined && chat !== undefined && this.localChat === undefined) {
				this.chatEngineProblem = `The model in ${chatModelPath} can't converse: import one that has a chat template.`;
			}
		} catch (error) {
			if (!(error instanceof UserError)) {
				throw error;
			}
			this.chatEngineProblem = error.message;
			logger.error(error.message);
		}
	}

	private choose(): void {
		const { server } = this.settings;
		const remoteChat = server?.useForChat === true ? this.server?.chat : undefined;
		const remoteInfill = this.serverInfill;
		const { localChat, localInfill } = this;
		const didAnswer = (description: ModelDescription): void => {
			const isNew = this.answeredBy?.place !== description.place;
			this.answeredBy = description;
			if (isNew) {
				this.changes.fire();
			}
		};
		this.chat =
			remoteChat !== undefined && localChat !== undefined
				? chatWithFallback(remoteChat, localChat, didAnswer)
				: (remoteChat ?? localChat);
		this.infill =
			remoteInfill !== undefined && localInfill !== undefined
				? infillWithFallback(remoteInfill, localInfill, didAnswer)
				: (remoteInfill ?? localInfill);
		if (!this.isDisposed) {
			this.changes.fire();
		}
	}
}

function sameAddress(a: ServerSettings | undefined, b: ServerSettings | undefined): boolean {
	return (
		a?.address === b?.address &&
		a?.model === b?.model &&
		a?.kind === b?.kind &&
		a?.fimFamily === b?.fimFamily
	);
}
