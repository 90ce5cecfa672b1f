import type * as vscode from "vscode";
import type { Clock } from "../../base/clock.ts";
import { machineMemoryBytes } from "../../model/machineMemory.ts";
import type { Settings } from "../settings.ts";
import { stepsOf } from "../silence/explainSilence.ts";
import type { RequestsSoFar } from "../silence/lastRequests.ts";
import type { StatusBar } from "../statusBar.ts";
import { DiagnosticsDocument, serverPlace } from "./diagnosticsDocument.ts";
import type { RecentProblems } from "./recentProblems.ts";

export interface DiagnosticsOptions {
	readonly context: vscode.ExtensionContext;
	readonly settings: () => Settings;
	readonly statusBar: StatusBar;
	readonly requests: () => RequestsSoFar;
	readonly clock: Clock;
	readonly logger: RecentProblems;
}

/** What somebody pastes who asks for help. */
export function registerDiagnostics(options: DiagnosticsOptions): { dispose(): void } {
	const { context, settings, statusBar, requests, clock, logger } = options;
	return new DiagnosticsDocument({
		extension: context.extension,
		storagePlaces: [context.globalStorageUri, context.storageUri, context.logUri],
		known: () => {
			const { silence: last } = requests();
			return {
				engine: statusBar.engine,
				server: serverPlace(settings().server),
				usableMemoryBytes: machineMemoryBytes(),
				lastSilence: last === undefined ? [] : stepsOf(last),
				problems: logger.problems,
				nowMs: clock.now(),
			};
		},
	});
}
