import * as vscode from "vscode";
import type { Logger } from "../base/log.ts";
import { readSettings, settingsSection, type Settings } from "./settings.ts";

/** Mote's settings as they are now. */
export class FollowedSettings implements vscode.Disposable {
	private settings: Settings;
	private readonly listener: vscode.Disposable;

	/** `onDidChange` is told what they were before. */
	constructor(
		private readonly logger: Logger,
		onDidChange: (previous: Settings) => void,
	) {
		this.settings = this.read();
		this.listener = vscode.workspace.onDidChangeConfiguration((event) => {
			if (event.affectsConfiguration(settingsSection)) {
				const previous = this.settings;
				this.settings = this.read();
				onDidChange(previous);
			}
		});
	}

	get current(): Settings {
		return this.settings;
	}

	dispose(): void {
		this.listener.dispose();
	}

	private read(): Settings {
		const settings = readSettings(vscode.workspace.getConfiguration(settingsSection));
		for (const problem of settings.problems) {
			this.logger.warn(problem);
		}
		return settings;
	}
}
