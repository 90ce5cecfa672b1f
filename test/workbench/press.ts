import type { Locator } from "playwright-core";

/**
 * Presses a button or a link of a view, once a person could. A mouse event has to find its way through the frames around a view, a
 * key goes to whatever has the focus by then, which the editor moves when a view opens; on a busy machine both were lost. What a mouse
 * and keys do is tested in test/webview, where there is one frame.
 */
export async function press(target: Locator): Promise<void> {
	await target.click({ trial: true });
	await target.dispatchEvent("click");
}

interface Field {
	value: string;
	dispatchEvent(event: Event): boolean;
}

/** Writes `text` into a field of a view in place of what stands there, once a person could. Of keys the same holds as for {@link press}. */
export async function writeInto(target: Locator, text: string): Promise<void> {
	await target.click({ trial: true });
	await target.evaluate((field: Field, value) => {
		field.value = value;
		field.dispatchEvent(new Event("input", { bubbles: true }));
	}, text);
}
