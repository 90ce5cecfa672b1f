/** What VS Code gives to each webview, once. */
interface VsCodeApi {
	postMessage(message: unknown): void;
	getState(): unknown;
	setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** The line to the extension, and what the editor keeps for the view while it is hidden. */
export interface Port<FromView, ToView> {
	/** Hands over what the extension says from now on. */
	readonly listen: (receive: (message: ToView) => void) => void;
	readonly send: (message: FromView) => void;
	/** What was kept by `keep`, of whatever version of the view. */
	readonly kept: unknown;
	readonly keep: (state: unknown) => void;
}

/** To be called once. */
export function openPort<FromView, ToView>(): Port<FromView, ToView> {
	const api = acquireVsCodeApi();
	return {
		listen: (receive) => {
			window.addEventListener("message", (event: MessageEvent<ToView>) => {
				// Only the editor's own frame around the view can post to it.
				receive(event.data);
			});
		},
		send: (message) => api.postMessage(message),
		kept: api.getState(),
		keep: (state) => api.setState(state),
	};
}
