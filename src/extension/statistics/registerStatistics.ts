import * as vscode from "vscode";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import type { BeforeEnd } from "../../base/process/endWork.ts";
import { isUserError } from "../../base/userError.ts";
import { keysOf } from "../../completion/keys.ts";
import { dayOf } from "../../statistics/days.ts";
import { exportedStatistics } from "../../statistics/exports.ts";
import { GhostWatch, type Ghost } from "../../statistics/ghostWatch.ts";
import {
	fromStatisticsViewSchema,
	type ExportFormat,
	type FromStatisticsView,
	type Span,
} from "../../statistics/messages.ts";
import { StatisticsStore } from "../../statistics/statisticsStore.ts";
import { statisticsView } from "../../statistics/statisticsView.ts";
import { StatisticsPanel } from "./statisticsPanel.ts";

export interface StatisticsOptions {
	readonly extensionUri: vscode.Uri;
	/** Of this user on this machine. Absolute. */
	readonly folder: string;
	readonly isOn: () => boolean;
	readonly beforeEnd: BeforeEnd;
	readonly clock: Clock;
	readonly logger: Logger;
}

/** What the editor's suggestions tell the statistics. */
export interface GhostListener {
	/** So long after it was asked for. */
	shown(ghost: Ghost, latencyMs: number): void;
	accepted(ghost: Ghost): void;
}

export interface StatisticsRegistration extends GhostListener {
	dispose(): void;
}

/** Counts what becomes of suggestions, between keys, and shows it. Reads and writes nothing before there is something. */
export function registerStatistics(options: StatisticsOptions): StatisticsRegistration {
	const { clock, logger } = options;
	const today = (): string => dayOf(new Date());
	const store = new StatisticsStore({
		...{ folder: options.folder, clock, logger, today },
		epochMs: Date.now,
	});
	const watch = new GhostWatch({
		...{ clock, today },
		keysOf: (text) => keysOf(text).length,
		count: (day, event) => {
			// What was shown before they were turned off may still be taken.
			if (options.isOn()) {
				store.count(day, event);
			}
		},
	});
	options.beforeEnd(() => store.flush());
	const page = new StatisticsPage(options, store, today);
	const registrations = vscode.Disposable.from(
		page,
		vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
			if (!watch.isWatching || contentChanges.length === 0) {
				return;
			}
			const changes = contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
				...{ offset: rangeOffset, deletedLength: rangeLength, text },
			}));
			later(() => watch.changed(document.uri.toString(), changes));
		}),
		vscode.workspace.onDidCloseTextDocument(({ uri }) => later(() => watch.closed(uri.toString()))),
		vscode.commands.registerCommand("mote.showStatistics", () => page.show()),
	);
	return {
		shown: (ghost, latencyMs) => {
			if (options.isOn()) {
				later(() => watch.shown(ghost, latencyMs));
			}
		},
		accepted: (ghost) => {
			if (options.isOn()) {
				later(() => watch.accepted(ghost));
			}
		},
		dispose: () => {
			registrations.dispose();
			watch.dispose();
			void store.dispose();
		},
	};
}

/** Behind what the editor waits for, and in the order in which it happened. */
function later(work: () => void): void {
	setImmediate(work);
}

/** Answers the page. */
class StatisticsPage implements vscode.Disposable {
	private readonly panel: StatisticsPanel;
	private span: Span = 30;

	constructor(
		private readonly options: StatisticsOptions,
		private readonly store: StatisticsStore,
		private readonly today: () => string,
	) {
		this.panel = new StatisticsPanel({
			extensionUri: options.extensionUri,
			receive: (message) => void this.receive(message),
		});
	}

	show(): void {
		this.panel.show();
		// One that is there already shows what was counted since.
		void this.send();
	}

	dispose(): void {
		this.panel.dispose();
	}

	private async receive(message: unknown): Promise<void> {
		const parsed = fromStatisticsViewSchema().safeParse(message);
		if (!parsed.success) {
			this.options.logger.warn("The page of statistics said something that it can't say.");
			return;
		}
		try {
			await this.answer(parsed.data);
		} catch (error) {
			if (!isUserError(error)) {
				throw error;
			}
			this.panel.send({ kind: "notice", text: error.message });
		}
	}

	private async answer(message: FromStatisticsView): Promise<void> {
		switch (message.kind) {
			case "ready":
				await this.send();
				return;
			case "span":
				this.span = message.days;
				await this.send();
				return;
			case "export":
				await this.export(message.format);
				return;
			case "delete":
				await this.delete();
		}
	}

	private async send(): Promise<void> {
		const view = statisticsView(await this.store.read(), this.today(), this.span);
		this.panel.send({ kind: "statistics", view });
	}

	private async export(format: ExportFormat): Promise<void> {
		const target = await vscode.window.showSaveDialog({
			title: "Export the statistics of Mote",
			filters: { [format.toUpperCase()]: [format] },
			...exportPlace(`mote-statistics-${this.today()}.${format}`),
		});
		if (target === undefined) {
			return;
		}
		const text = exportedStatistics(await this.store.read(), format);
		try {
			await vscode.workspace.fs.writeFile(target, Buffer.from(text, "utf8"));
		} catch (error) {
			const cause = error instanceof Error ? error.message : String(error);
			this.panel.send({ kind: "notice", text: `The file could not be written: ${cause}` });
			return;
		}
		this.panel.send({ kind: "notice", text: "The statistics are exported." });
	}

	private async delete(): Promise<void> {
		const yes = "Delete";
		const answer = await vscode.window.showWarningMessage(
			"Delete all statistics of Mote on this machine?",
			{ modal: true, detail: "They can't be brought back." },
			yes,
		);
		if (answer === yes) {
			await this.store.clear();
			await this.send();
			this.panel.send({ kind: "notice", text: "The statistics are deleted." });
		}
	}
}

function exportPlace(name: string): { readonly defaultUri?: vscode.Uri } {
	const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
	return folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) };
}
