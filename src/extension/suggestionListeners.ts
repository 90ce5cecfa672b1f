import * as vscode from "vscode";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { BeforeEnd } from "../base/process/endWork.ts";
import type { Repository } from "../context/repository/repositorySet.ts";
import type { CopiedText } from "./copied/copiedText.ts";
import { registerCopiedText } from "./copied/registerCopiedText.ts";
import { FirstDay } from "./firstDay.ts";
import type { Settings } from "./settings.ts";
import { registerStatistics, type GhostListener } from "./statistics/registerStatistics.ts";
import type { StatusBar } from "./statusBar.ts";

export interface SuggestionListenersOptions {
	readonly context: vscode.ExtensionContext;
	readonly settings: () => Settings;
	readonly repository: () => Repository | undefined;
	readonly statusBar: StatusBar;
	readonly beforeEnd: BeforeEnd;
	readonly clock: Clock;
	readonly logger: Logger;
}

export interface SuggestionListeners extends GhostListener {
	/** Whose text was repeated. */
	readonly copied: CopiedText;
	dispose(): void;
}

/**
 * What follows a suggestion: statistics count it, a long one is compared with what it may repeat, and the first day waits
 * for one that is accepted.
 */
export function registerSuggestionListeners(
	options: SuggestionListenersOptions,
): SuggestionListeners {
	const { context, settings } = options;
	const { extensionUri, globalStorageUri } = context;
	const statistics = registerStatistics({
		...options,
		extensionUri,
		folder: globalStorageUri.fsPath,
		isOn: () => settings().countsStatistics,
	});
	const firstDay = new FirstDay();
	const copied = registerCopiedText({ ...options, extensionFolder: extensionUri.fsPath });
	const registrations = vscode.Disposable.from(statistics, copied, firstDay);
	return {
		copied,
		shown: (ghost, latencyMs) => {
			statistics.shown(ghost, latencyMs);
			copied.shown(ghost);
		},
		accepted: (ghost) => {
			firstDay.noteAccepted();
			statistics.accepted(ghost);
		},
		dispose: () => {
			registrations.dispose();
		},
	};
}
