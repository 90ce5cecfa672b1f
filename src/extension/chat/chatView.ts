import * as vscode from "vscode";
import type { ToView } from "../../chat/messages.ts";
import { showPage } from "../viewPage.ts";

/** As in package.json. */
const viewId = "mote.chatView";

export interface ChatViewOptions {
	/** Where the extension is installed. */
	readonly extensionUri: vscode.Uri;
	/** Takes what the view says; it may say anything. */
	readonly receive: (message: unknown) => void;
	/** A person has brought the view to the front. */
	readonly onShow: () => void;
}

/**
 * The chat view in the sidebar. A hidden view is thrown away, and made again when it is shown: all that it
 * shows comes from the session, which it asks for with its first message.
 */
export class ChatView implements vscode.WebviewViewProvider, vscode.Disposable {
	private readonly registrations: vscode.Disposable;
	private view: vscode.WebviewView | undefined;
	/** Called when the page has said that it is there. */
	private waiting: (() => void)[] = [];
	private isReady = false;

	constructor(private readonly options: ChatViewOptions) {
		this.registrations = vscode.Disposable.from(
			vscode.window.registerWebviewViewProvider(viewId, this),
		);
	}

	dispose(): void {
		this.registrations.dispose();
	}

	/** Whether somebody hears what is sent. */
	get isHeard(): boolean {
		return this.isReady;
	}

	/** Dropped while there is no page: a new one is told everything. */
	send(message: ToView): void {
		if (this.isReady) {
			void this.view?.webview.postMessage(message);
		}
	}

	/** Brings the view to the front, and resolves when its page is there. */
	async show(): Promise<void> {
		const ready = this.isReady
			? Promise.resolve()
			: new Promise<void>((resolve) => this.waiting.push(resolve));
		await vscode.commands.executeCommand(`${viewId}.focus`);
		await ready;
	}

	resolveWebviewView(view: vscode.WebviewView): void {
		const { extensionUri, onShow } = this.options;
		this.view = view;
		this.isReady = false;
		view.webview.onDidReceiveMessage((message: unknown) => {
			this.isReady = true;
			this.options.receive(message);
			for (const resolve of this.waiting.splice(0)) {
				resolve();
			}
		});
		view.onDidDispose(() => {
			if (this.view === view) {
				this.view = undefined;
				this.isReady = false;
			}
		});
		showPage(view.webview, extensionUri, { title: "Mote Chat", name: "chat" });
		onShow();
	}
}
