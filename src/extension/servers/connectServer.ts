import * as vscode from "vscode";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import { UserError } from "../../base/userError.ts";
import { LanguageModelError } from "../../languageModel/errors.ts";
import { parseServerAddress } from "../../languageModel/remote/serverAddress.ts";
import type { ListedModel } from "../../languageModel/remote/serverFacts.ts";
import { withSignal } from "../cancellation.ts";
import { settingsSection } from "../settings.ts";
import { askForKey } from "./askForKey.ts";
import type { ServerKeys } from "./serverKeys.ts";

export interface ConnectOptions {
	readonly keys: ServerKeys;
	readonly isTrusted: () => boolean;
	readonly fetch: typeof globalThis.fetch;
	readonly clock: Clock;
	readonly logger: Logger;
}

/**
 * Leads the user from an address to a server that answers: asks it what it serves, and for its key where it
 * wants one. The settings change at the end only, so that nothing is sent to a server half chosen. `found` is the address
 * of a server that somebody has picked already.
 */
export async function connectServer(options: ConnectOptions, found?: string): Promise<void> {
	if (!options.isTrusted()) {
		await vscode.window.showWarningMessage(
			"In Restricted Mode Mote uses no server: trust this workspace first.",
		);
		return;
	}
	const address = found ?? (await askForAddress());
	const listed = address === undefined ? undefined : await listWithKey(address, options);
	if (address === undefined || listed === undefined) {
		return;
	}
	const model = await pickModel(listed.models);
	const uses = model === undefined ? undefined : await pickUses();
	if (model === undefined || uses === undefined) {
		return;
	}
	if (listed.key !== undefined) {
		await options.keys.set(originOf(address), listed.key);
	}
	await writeSettings(address, model, uses);
	const warning = listed.warning === undefined ? "" : ` ${listed.warning}`;
	const message = `${originOf(address)} is used from now on.${warning}`;
	await (warning === ""
		? vscode.window.showInformationMessage(message)
		: vscode.window.showWarningMessage(message));
}

async function askForAddress(): Promise<string | undefined> {
	const current = vscode.workspace.getConfiguration(settingsSection).get("server.url");
	const address = await vscode.window.showInputBox({
		title: "Mote: connect to a server (1 of 3)",
		prompt:
			"Address of a server that speaks the OpenAI protocol: vLLM, llama.cpp, Ollama, LM Studio, DeepSeek.",
		placeHolder: "http://gpu.example:8000/v1",
		value: typeof current === "string" ? current : "",
		ignoreFocusOut: true,
		validateInput: addressProblem,
	});
	return address?.trim();
}

function addressProblem(address: string): string | undefined {
	try {
		parseServerAddress(address);
		return undefined;
	} catch (error) {
		if (error instanceof LanguageModelError) {
			return error.message;
		}
		throw error;
	}
}

function originOf(address: string): string {
	return parseServerAddress(address).origin;
}

interface Listed {
	readonly models: readonly ListedModel[];
	/** One that was typed now, and was accepted. */
	readonly key: string | undefined;
	readonly warning: string | undefined;
}

/** Undefined when the user gave up, or read why it doesn't work. */
async function listWithKey(
	address: string,
	{ keys, fetch, clock, logger }: ConnectOptions,
): Promise<Listed | undefined> {
	const { createRemoteServer } = await import("../../languageModel/remote/createRemoteServer.ts");
	const origin = originOf(address);
	let typed: string | undefined;
	for (;;) {
		const server = createRemoteServer({
			address,
			model: "",
			kind: "auto",
			key: async () => typed ?? (await keys.get(origin)),
			fetch,
			clock,
			logger,
			onDidChangeHealth: () => undefined,
		});
		try {
			const models = await vscode.window.withProgress(
				{
					location: vscode.ProgressLocation.Notification,
					title: `Mote asks ${origin} for its models`,
					cancellable: true,
				},
				(_progress, token) =>
					withSignal(token, async (signal) => {
						const listed = await server.listModels(signal);
						return signal.aborted ? undefined : listed;
					}),
			);
			if (models === undefined) {
				return undefined;
			}
			if (models.length > 0) {
				return { models, key: typed, warning: server.warning };
			}
			await vscode.window.showErrorMessage(
				`${origin} lists no model: load one there, then connect again.`,
			);
			return undefined;
		} catch (error) {
			if (!(error instanceof UserError)) {
				throw error;
			}
			if (error.code !== "unauthorized") {
				await vscode.window.showErrorMessage(error.message);
				return undefined;
			}
			typed = await askForKey(origin);
			if (typed === undefined) {
				return undefined;
			}
		} finally {
			server.dispose();
		}
	}
}

async function pickModel(models: readonly ListedModel[]): Promise<string | undefined> {
	const [only] = models;
	if (models.length === 1) {
		return only?.id;
	}
	const picked = await vscode.window.showQuickPick(
		models.map(({ id, contextTokens }) => ({
			label: id,
			description: contextTokens === undefined ? "" : `${contextTokens} tokens`,
		})),
		{ title: "Mote: model of the server (2 of 3)", ignoreFocusOut: true },
	);
	return picked?.label;
}

interface Uses {
	readonly chat: boolean;
	readonly completions: boolean;
}

async function pickUses(): Promise<Uses | undefined> {
	const chat = {
		label: "Conversations",
		description: "What you ask, with the code that belongs to it, goes to the server",
		picked: true,
	};
	const completions = {
		label: "Completions",
		description: "The code around the cursor goes to the server while you type",
		picked: false,
	};
	const picked = await vscode.window.showQuickPick([chat, completions], {
		title: "Mote: what the server is for (3 of 3)",
		canPickMany: true,
		ignoreFocusOut: true,
	});
	return picked && { chat: picked.includes(chat), completions: picked.includes(completions) };
}

async function writeSettings(address: string, model: string, uses: Uses): Promise<void> {
	const configuration = vscode.workspace.getConfiguration(settingsSection);
	const values: [string, unknown][] = [
		["server.useForChat", uses.chat],
		["server.useForCompletions", uses.completions],
		["server.kind", undefined],
		["server.fimFamily", undefined],
		["server.model", model],
		["server.url", address],
	];
	for (const [key, value] of values) {
		await configuration.update(key, value, vscode.ConfigurationTarget.Global);
	}
}
