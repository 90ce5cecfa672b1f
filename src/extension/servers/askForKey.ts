import * as vscode from "vscode";
import { keyProblem } from "./serverKeys.ts";

/** The key of a server, as the user types it; undefined when they think better of it. */
export async function askForKey(origin: string): Promise<string | undefined> {
	return await vscode.window.showInputBox({
		title: `Mote: key of ${origin}`,
		prompt: "Kept where the editor keeps secrets, and sent to this server only.",
		password: true,
		ignoreFocusOut: true,
		validateInput: keyProblem,
	});
}
