import type { FromView, ToView } from "../../chat/messages.ts";

/** What VS Code gives to each webview, once. */
interface VsCodeApi {
	postMessage(message: FromView): void;
	getState(): unknown;
	setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** The line to the extension, and what the editor keeps for the view while it is hidden. */
export interface Port {
	readonly send: (message: FromView) => void;
	/** What was kept by `keep`, of whatever version of the view. */
	readonly kept: unknown;
	readonly keep: (state: unknown) => void;
}

/** Calls `receive` with what the extension says from now on. */
export function openPort(receive: (message: ToView) => void): Port {
	const api = acquireVsCodeApi();
	window.addEventListener("message", (event: MessageEvent<ToView>) => {
		// Only the editor's own frame around the view can post to it.
		receive(event.data);
	});
	return {
		send: (message) => api.postMessage(message),
		kept: api.getState(),
		keep: (state) => api.setState(state),
	};
}
