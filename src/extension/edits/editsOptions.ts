import type * as vscode from "vscode";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import type { QuestionTarget } from "../../chat/chatEditor.ts";
import type { TaskPiece } from "../../chat/tasks/codeTask.ts";
import type { Explained, ExplainQuery } from "../../context/explanation/explanation.ts";
import type { StructureService } from "../../context/syntax/structure.ts";
import type { SyntaxService } from "../../context/syntax/syntaxService.ts";
import type {
	ChatModel,
	InfillModel,
	ModelDescription,
} from "../../languageModel/languageModel.ts";

/** The models in force at this moment. */
export interface EditModels {
	readonly chat: ChatModel | undefined;
	readonly infill: InfillModel | undefined;
}

/** Where related code is wanted for. */
export interface RelatedPlace {
	readonly path: string;
	readonly languageId: string;
	/** With "\n" line breaks; `offset` counts UTF-16 units of it. */
	readonly text: string;
	readonly offset: number;
}

/** A question that goes through the conversation in the chat view. */
export interface ChatQuestion {
	/** What the conversation shows as the person's words. */
	readonly text: string;
	/** What the model reads: the words with the material, within the model's limits. Without one it is made from the words. */
	readonly prompt?: string | undefined;
	/** The code that it is about. */
	readonly target?: QuestionTarget | undefined;
	/** A few words for a conversation that has no title yet. */
	readonly title: string;
}

/** What a conversation answered. */
export interface ConversationAnswer {
	/** The whole answer, as Markdown. */
	readonly text: string;
	readonly conversationId: string;
}

/** What the commands on code need; whoever composes the extension provides it. */
export interface EditsOptions {
	readonly models: () => EditModels;
	/** Undefined while nothing can be parsed. */
	readonly syntax: () => (SyntaxService & StructureService) | undefined;
	/** Code of other files, the most relevant last; never rejects. */
	readonly related: (place: RelatedPlace, signal: AbortSignal) => Promise<readonly TaskPiece[]>;
	/** What the index of the repository knows about code; undefined while there is none, and after an abort. */
	readonly explain: (query: ExplainQuery, signal: AbortSignal) => Promise<Explained | undefined>;
	/**
	 * Asks in the conversation and resolves with the answer; undefined when it was stopped or failed, which the
	 * conversation says. Without it the model is asked directly.
	 */
	readonly ask?: (
		question: ChatQuestion,
		signal: AbortSignal,
	) => Promise<ConversationAnswer | undefined>;
	readonly clock: Clock;
	readonly logger: Logger;
}

/** "Qwen (on this machine)": who answered, and where that is. */
export function modelInWords({ name, place, server }: ModelDescription): string {
	return place === "local" ? `${name} (on this machine)` : `${name} (at ${server ?? "a server"})`;
}

/** Aborts when the editor's token is cancelled, or when the other signal aborts. */
export function signalOf(token: vscode.CancellationToken, other?: AbortSignal): AbortSignal {
	const controller = new AbortController();
	if (token.isCancellationRequested) {
		controller.abort();
	}
	token.onCancellationRequested(() => controller.abort());
	return other === undefined ? controller.signal : AbortSignal.any([controller.signal, other]);
}
