import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { viewHtml } from "./viewHtml.ts";

export interface ViewPage {
	readonly title: string;
	/** Of its script and style sheet in `dist/webview`. */
	readonly name: string;
}

/** Shows one of our pages in a view of the editor. Listen to its messages before. */
export function showPage(
	webview: vscode.Webview,
	extensionUri: vscode.Uri,
	{ title, name }: ViewPage,
): void {
	const folder = vscode.Uri.joinPath(extensionUri, "dist", "webview");
	const address = (file: string): string =>
		webview.asWebviewUri(vscode.Uri.joinPath(folder, file)).toString();
	webview.options = {
		enableScripts: true,
		enableForms: false,
		enableCommandUris: false,
		localResourceRoots: [folder],
	};
	webview.html = viewHtml({
		title,
		scriptUri: address(`${name}.js`),
		styleUri: address(`${name}.css`),
		nonce: randomBytes(16).toString("hex"),
		cspSource: webview.cspSource,
	});
}
