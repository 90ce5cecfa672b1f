import { promptPath } from "../base/promptPath.ts";
import type { ChatWorkspace } from "./chatWorkspace.ts";

/** Why there is no code to work on, and what to do about it. `workspace` is a guarded one. */
export function whyNoDocument(workspace: ChatWorkspace): string {
	const hidden = workspace.hiddenDocument?.();
	return hidden === undefined
		? "No document is open that may be shown to a model; open one and ask again."
		: `${promptPath(hidden)} may hold credentials, so it is never shown to a model; open another document and ask again.`;
}
