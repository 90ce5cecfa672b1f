import * as vscode from "vscode";
import { UserError } from "../base/userError.ts";
import { settingsSection } from "./settings.ts";

/** Writes settings of this user, one after the other. Rejects with a UserError. */
export async function writeSettings(
	changes: readonly (readonly [key: string, value: unknown])[],
): Promise<void> {
	const configuration = vscode.workspace.getConfiguration(settingsSection);
	for (const [key, value] of changes) {
		try {
			await configuration.update(key, value, vscode.ConfigurationTarget.Global);
		} catch (error) {
			throw new UserError(
				"settingsNotWritten",
				`The setting ${settingsSection}.${key} could not be written; change it in the settings editor.`,
				{ cause: error },
			);
		}
	}
}
