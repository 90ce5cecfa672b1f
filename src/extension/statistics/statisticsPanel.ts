import * as vscode from "vscode";
import type { ToStatisticsView } from "../../statistics/messages.ts";
import { showPage } from "../viewPage.ts";

const viewType = "mote.statistics";
const title = "Mote Statistics";

export interface StatisticsPanelOptions {
	/** Where the extension is installed. */
	readonly extensionUri: vscode.Uri;
	/** Takes what the page says; it may say anything. */
	readonly receive: (message: unknown) => void;
}

/** The page of statistics, in an editor's place. At most one; a hidden one is thrown away, and made again when it is shown. */
export class StatisticsPanel implements vscode.Disposable {
	private panel: vscode.WebviewPanel | undefined;

	constructor(private readonly options: StatisticsPanelOptions) {}

	dispose(): void {
		this.panel?.dispose();
	}

	show(): void {
		if (this.panel !== undefined) {
			this.panel.reveal();
			return;
		}
		const { extensionUri, receive } = this.options;
		const panel = vscode.window.createWebviewPanel(viewType, title, vscode.ViewColumn.Active);
		this.panel = panel;
		panel.webview.onDidReceiveMessage(receive);
		panel.onDidDispose(() => {
			this.panel = undefined;
		});
		panel.iconPath = vscode.Uri.joinPath(extensionUri, "media/icon.png");
		showPage(panel.webview, extensionUri, { title, name: "statistics" });
	}

	/** Dropped where there is no page: a new one asks for everything. */
	send(message: ToStatisticsView): void {
		void this.panel?.webview.postMessage(message);
	}
}
