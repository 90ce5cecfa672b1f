import * as vscode from "vscode";
import { nextOf } from "./events.ts";

/** Mote's models in the editor's own list, as soon as there is one. */
export async function chatModels(): Promise<readonly vscode.LanguageModelChat[]> {
	return modelsWhere((models) => models.length > 0);
}

export async function noChatModels(): Promise<void> {
	await modelsWhere((models) => models.length === 0);
}

async function modelsWhere(
	holds: (models: readonly vscode.LanguageModelChat[]) => boolean,
): Promise<readonly vscode.LanguageModelChat[]> {
	for (;;) {
		const changed = nextOf(vscode.lm.onDidChangeChatModels);
		const models = await vscode.lm.selectChatModels({ vendor: "mote" });
		if (holds(models)) {
			return models;
		}
		await changed;
	}
}
