import * as vscode from "vscode";
import { promptLimits } from "../../chat/chatPrompt.ts";
import type { ChatModel } from "../../languageModel/languageModel.ts";
import { withSignal } from "../cancellation.ts";
import { chatMessagesOf } from "./providedMessages.ts";

export interface ModelProviderOptions {
	/** Each as itself: who picks a model gets this one, without a stand-in. */
	readonly offered: () => readonly ChatModel[];
	readonly onDidChange: vscode.Event<void>;
}

/** As in package.json. */
const vendor = "mote";

/** Mote's models in the editor's own picker, and for other extensions. Text in, text out. */
export function registerModelProvider(options: ModelProviderOptions): vscode.Disposable {
	return vscode.lm.registerLanguageModelChatProvider(vendor, new ModelProvider(options));
}

class ModelProvider implements vscode.LanguageModelChatProvider {
	readonly onDidChangeLanguageModelChatInformation: vscode.Event<void>;

	constructor(private readonly options: ModelProviderOptions) {
		this.onDidChangeLanguageModelChatInformation = options.onDidChange;
	}

	provideLanguageModelChatInformation(): vscode.LanguageModelChatInformation[] {
		return this.options.offered().map((model) => {
			const { id, name, server } = model.description;
			const { budgetTokens, maxAnswerTokens } = promptLimits(model);
			return {
				id,
				name,
				family: name,
				version: "1",
				tooltip:
					server === undefined
						? "Runs on this machine; nothing is sent anywhere."
						: `Runs on ${server}: what you ask goes there.`,
				detail: server ?? "on this machine",
				maxInputTokens: budgetTokens,
				maxOutputTokens: maxAnswerTokens,
				capabilities: {},
			};
		});
	}

	async provideLanguageModelChatResponse(
		{ id, maxOutputTokens }: vscode.LanguageModelChatInformation,
		messages: readonly vscode.LanguageModelChatRequestMessage[],
		options: vscode.ProvideLanguageModelChatResponseOptions,
		progress: vscode.Progress<vscode.LanguageModelResponsePart>,
		token: vscode.CancellationToken,
	): Promise<void> {
		const model = this.modelOf(id);
		const conversation = chatMessagesOf(messages, textOf);
		if (conversation === undefined) {
			throw new Error("A conversation has to end with a message of the user that has text.");
		}
		await withSignal(token, async (signal) => {
			const request = {
				messages: conversation,
				maxAnswerTokens: maxOutputTokens,
				temperature: temperatureOf(options.modelOptions),
			};
			for await (const text of model.answer(request, signal)) {
				progress.report(new vscode.LanguageModelTextPart(text));
			}
		});
	}

	provideTokenCount(
		{ id }: vscode.LanguageModelChatInformation,
		text: string | vscode.LanguageModelChatRequestMessage,
	): Promise<number> {
		const model = this.modelOf(id);
		const tokens =
			typeof text === "string"
				? model.countTokens(text)
				: model.tokensPerMessage +
					model.countTokens(text.content.map((part) => textOf(part) ?? "").join(""));
		return Promise.resolve(tokens);
	}

	private modelOf(id: string): ChatModel {
		const model = this.options.offered().find(({ description }) => description.id === id);
		if (model === undefined) {
			throw vscode.LanguageModelError.NotFound("Mote has no such model any more.");
		}
		return model;
	}
}

function textOf(part: unknown): string | undefined {
	return part instanceof vscode.LanguageModelTextPart ? part.value : undefined;
}

const defaultTemperature = 0.2;

/** Options are named by each caller as it likes; this one name is the same everywhere. */
function temperatureOf(options: Readonly<Record<string, unknown>> | undefined): number {
	const temperature = options?.["temperature"];
	return typeof temperature === "number" && temperature >= 0 && temperature <= 2
		? temperature
		: defaultTemperature;
}
