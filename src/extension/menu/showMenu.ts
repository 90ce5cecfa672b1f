import * as vscode from "vscode";
import {
	menuEntries,
	menuTitle,
	type MenuAction,
	type MenuEntry,
	type MenuFacts,
} from "./menuEntries.ts";

interface MenuItem extends vscode.QuickPickItem {
	readonly action?: MenuAction;
}

/** The menu behind the status bar item; what is picked goes to `run`. */
export async function showMenu(
	facts: MenuFacts,
	run: (action: MenuAction) => Promise<void>,
): Promise<void> {
	const picked = await vscode.window.showQuickPick(menuEntries(facts).map(toItem), {
		title: menuTitle(facts.status),
		placeHolder: "What Mote does, and what it shall do",
	});
	if (picked?.action !== undefined) {
		await run(picked.action);
	}
}

function toItem(entry: MenuEntry): MenuItem {
	if (entry.kind === "heading") {
		return { label: entry.label, kind: vscode.QuickPickItemKind.Separator };
	}
	const { label, description, detail, action } = entry;
	return {
		label,
		...(description !== undefined && { description }),
		...(detail !== undefined && { detail }),
		action,
	};
}
