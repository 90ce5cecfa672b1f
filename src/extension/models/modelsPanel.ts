import * as vscode from "vscode";
import type { ToModelsView } from "../../modelCatalog/messages.ts";
import { showPage } from "../viewPage.ts";

const viewType = "mote.models";
const title = "Mote Models";

export interface ModelsPanelOptions {
	/** Where the extension is installed. */
	readonly extensionUri: vscode.Uri;
	/** Takes what the view says; it may say anything. */
	readonly receive: (message: unknown) => void;
}

/**
 * The view of models, in an editor's place. At most one; a hidden one is thrown away, and made again when it is shown: all
 * that it shows comes from the session. The editor brings it back when the window is loaded again.
 */
export class ModelsPanel implements vscode.WebviewPanelSerializer, vscode.Disposable {
	private readonly registration: vscode.Disposable;
	private panel: vscode.WebviewPanel | undefined;
	private isReady = false;
	private selectedRowId: string | undefined;

	constructor(private readonly options: ModelsPanelOptions) {
		this.registration = vscode.window.registerWebviewPanelSerializer(viewType, this);
	}

	dispose(): void {
		this.registration.dispose();
		this.panel?.dispose();
	}

	/** Brings it to the front, with a row if one is given. */
	show(rowId: string | undefined): void {
		this.selectedRowId = rowId;
		if (this.panel === undefined) {
			this.fill(vscode.window.createWebviewPanel(viewType, title, vscode.ViewColumn.Active));
		} else {
			this.panel.reveal();
			this.select();
		}
	}

	deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
		this.panel?.dispose();
		this.fill(panel);
		return Promise.resolve();
	}

	/** Not even made while there is no page: a new one is told everything. */
	send(message: () => ToModelsView): void {
		if (this.isReady) {
			void this.panel?.webview.postMessage(message());
		}
	}

	private fill(panel: vscode.WebviewPanel): void {
		this.panel = panel;
		this.isReady = false;
		panel.webview.onDidReceiveMessage((message: unknown) => {
			const isFirst = !this.isReady;
			this.isReady = true;
			this.options.receive(message);
			if (isFirst) {
				this.select();
			}
		});
		panel.onDidChangeViewState(() => {
			// Its page is gone; the next one says that it is there.
			if (!panel.visible) {
				this.isReady = false;
			}
		});
		panel.onDidDispose(() => {
			if (this.panel === panel) {
				this.panel = undefined;
				this.isReady = false;
			}
		});
		panel.iconPath = vscode.Uri.joinPath(this.options.extensionUri, "media/icon.png");
		showPage(panel.webview, this.options.extensionUri, { title, name: "models" });
	}

	private select(): void {
		const rowId = this.selectedRowId;
		if (rowId !== undefined && this.isReady) {
			this.selectedRowId = undefined;
			this.send(() => ({ kind: "select", rowId }));
		}
	}
}
