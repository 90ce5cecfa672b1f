import type { Locator } from "playwright-core";

/**
 * Presses a button or a link of a view by its key. A mouse event has to find its way through the frames around a view, and on a busy
 * machine one was lost there; what a mouse does is tested in test/webview, where there is one frame.
 */
export async function press(target: Locator): Promise<void> {
	await target.press("Enter");
}
