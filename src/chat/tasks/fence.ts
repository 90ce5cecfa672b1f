/**
 * `text` as a fenced code block that nothing in it can close: text of a repository may hold fences of its
 * own, and what follows one would read as if the user had written it.
 */
export function fenced(text: string, info: string): string {
	const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
	const fence = "`".repeat(longest + 1);
	const body = text.endsWith("\n") || text === "" ? text : `${text}\n`;
	return `${fence}${info.replaceAll(/[`\s]/g, " ").trim()}\n${body}${fence}`;
}
