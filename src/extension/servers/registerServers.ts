import * as vscode from "vscode";
import type { StatusBar } from "../statusBar.ts";
import { registerServerCommands, type ServerCommandsOptions } from "./serverCommands.ts";
import { serverNotice } from "./serverNotice.ts";

export interface ServersOptions extends ServerCommandsOptions {
	readonly statusBar: StatusBar;
}

/** The commands about servers, and what the status bar says about the one that is used. */
export function registerServers({ statusBar, ...options }: ServersOptions): vscode.Disposable {
	const { models } = options;
	const show = (): void => statusBar.setServer(serverNotice(models.serverState));
	// The server may have answered before this code was read.
	show();
	return vscode.Disposable.from(
		registerServerCommands(options),
		models.onDidChange(show),
		vscode.workspace.onDidGrantWorkspaceTrust(() => models.reconnect()),
	);
}
