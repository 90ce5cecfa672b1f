import path from "node:path";
import * as vscode from "vscode";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { CopiedIn } from "../chat/copiedNotes.ts";
import { machineMemoryBytes } from "../model/machineMemory.ts";
import { registerChat, type Chat } from "./chat/registerChat.ts";
import { relatedPieces } from "./chat/relatedPieces.ts";
import { registerEdits, type Edits } from "./edits/registerEdits.ts";
import type { EngineSession } from "./engineSession.ts";
import { registerModels, type Models } from "./models/registerModels.ts";
import { registerNextEdits, type NextEdits } from "./nextEdit/registerNextEdits.ts";
import { startSearchWorker } from "./nextEdit/searchClient.ts";
import type { LanguageModels } from "./servers/languageModels.ts";
import type { Settings } from "./settings.ts";
import type { SilenceRegistration } from "./silence/registerSilence.ts";

export interface AssistanceOptions {
	readonly context: vscode.ExtensionContext;
	readonly settings: () => Settings;
	readonly models: LanguageModels;
	readonly session: EngineSession;
	readonly silence: SilenceRegistration;
	readonly isSnoozed: () => boolean;
	/** Says whose text code in an answer repeats. */
	readonly copiedIn: CopiedIn;
	readonly isTrusted: () => boolean;
	readonly fetch: typeof globalThis.fetch;
	readonly clock: Clock;
	readonly logger: Logger;
}

export interface Assistance {
	/** For the caller to configure. */
	readonly nextEdits: NextEdits;
	readonly catalog: Models;
	dispose(): void;
}

/**
 * What helps beside completions: the chat, the commands on code, next edits, and the view of models, each of which leads to
 * others.
 */
export function registerAssistance(options: AssistanceOptions): Assistance {
	const { context, models, session, silence } = options;
	const surroundings = { ...options, extensionUri: context.extensionUri };
	const edits: Edits = registerEdits({
		...surroundings,
		models: () => models,
		syntax: () => session.syntax,
		related: (place, signal) => relatedPieces(session.repository, place, signal),
		explain: async (query, signal) => session.repository?.explain(query, signal),
		ask: (question, signal) => chat.ask(question, signal),
	});
	const nextEdits = registerNextEdits({
		...options,
		reviews: () => edits.reviews,
		repository: () => session.repository,
		startWorker: () =>
			startSearchWorker(path.join(context.extensionUri.fsPath, "dist", "nextEditWorker.js")),
		onDidChange: () => silence.update(),
	});
	const catalog: Models = registerModels({
		...surroundings,
		state: context.globalState,
		completionModel: () => session.model,
		memoryBytes: machineMemoryBytes(),
		onDidChange: () => chat.waysChanged(),
	});
	const chat: Chat = registerChat({
		...surroundings,
		storageUri: context.storageUri ?? context.globalStorageUri,
		catalog: () => catalog,
		edits,
		repository: () => session.repository,
		structure: () => session.syntax,
	});
	const registrations = vscode.Disposable.from(chat, nextEdits, edits, catalog);
	return {
		nextEdits,
		catalog,
		dispose: () => {
			registrations.dispose();
		},
	};
}
