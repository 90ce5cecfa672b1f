/** What stands before the caret and can be completed. */
export interface Trigger {
	readonly trigger: "@" | "/";
	/** What was typed after it. */
	readonly query: string;
	/** Where the trigger stands in the text. */
	readonly start: number;
}

/** As many as the extension takes. */
const maxQueryLength = 200;

/**
 * Finds what the word at the caret can be completed to: a mention anywhere after a space or an opening
 * bracket, a command only at the beginning, since elsewhere a slash is part of a path.
 */
export function triggerAt(text: string, caret: number): Trigger | undefined {
	const word =
		/[^\s]*$/.exec(text.slice(Math.max(0, caret - maxQueryLength - 2), caret))?.[0] ?? "";
	const command = /^\/([\w-]*)$/.exec(word);
	if (command !== null && text.slice(0, caret - word.length).trim() === "") {
		return { trigger: "/", query: command[1] ?? "", start: caret - word.length };
	}
	const mention = /(?:^|[([{"'])@([^@]*)$/.exec(word)?.[1];
	if (mention === undefined || mention.length > maxQueryLength) {
		return undefined;
	}
	return { trigger: "@", query: mention, start: caret - mention.length - 1 };
}

/** `text` with `insert` instead of the trigger and what was typed after it, and where the caret is then. */
export function acceptSuggestion(
	text: string,
	caret: number,
	{ start }: Trigger,
	insert: string,
): { readonly text: string; readonly caret: number } {
	const rest = text.slice(caret);
	// The suggestion brings a space, and one is enough.
	const after = insert.endsWith(" ") && rest.startsWith(" ") ? rest.slice(1) : rest;
	return { text: text.slice(0, start) + insert + after, caret: start + insert.length };
}
