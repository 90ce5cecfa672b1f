import type * as vscode from "vscode";

/** The first of the event that `holds` is true of. One from before the call doesn't count. */
export function nextOf<Value>(
	event: vscode.Event<Value>,
	holds: (value: Value) => boolean = () => true,
): Promise<Value> {
	return new Promise((resolve) => {
		const listener = event((value) => {
			if (holds(value)) {
				listener.dispose();
				resolve(value);
			}
		});
	});
}

/** Resolves as soon as `holds`: now, or at one of the events, which tell that something has changed. */
export async function holdsOnce(event: vscode.Event<unknown>, holds: () => boolean): Promise<void> {
	if (!holds()) {
		await nextOf(event, holds);
	}
}
