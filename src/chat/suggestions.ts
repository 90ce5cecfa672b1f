import type { ChatWorkspace } from "./chatWorkspace.ts";
import type { Suggestion } from "./messages.ts";
import { mentionText, type Mention } from "./mentions.ts";
import { slashCommands } from "./slashCommands.ts";

const maxSuggestions = 20;

/** Mentions without an argument, and what the list says about them. */
const plainMentions: readonly (readonly [Mention, string])[] = [
	[{ kind: "selection" }, "The selected code, or the definition at the cursor"],
	[{ kind: "problems" }, "What the editor reports"],
	[{ kind: "repo" }, "Code of the repository that fits the question"],
];

export function suggestCommands(query: string): Suggestion[] {
	return Object.entries(slashCommands)
		.filter(([name]) => name.startsWith(query.toLowerCase()))
		.map(([name, detail]) => ({ label: `/${name}`, insert: `/${name} `, detail }));
}

/** What may follow an `@`: the mentions, then files and definitions whose name matches. */
export async function suggestMentions(
	query: string,
	workspace: ChatWorkspace,
	signal: AbortSignal,
): Promise<Suggestion[]> {
	const [, kind, rest = ""] = /^(file|symbol):"?(.*)$/s.exec(query) ?? [];
	switch (kind) {
		case "file":
			return fileSuggestions(rest, workspace, maxSuggestions, signal);
		case "symbol":
			return symbolSuggestions(rest, workspace, maxSuggestions, signal);
		case undefined:
		default: {
			const plain = plainMentions
				.map(([mention, detail]) => ({ label: mentionText(mention), detail }))
				.filter(({ label }) => label.startsWith(`@${query.toLowerCase()}`))
				.map(({ label, detail }) => ({ label, insert: `${label} `, detail }));
			const [files, symbols] = await Promise.all([
				fileSuggestions(query, workspace, 10, signal),
				query === "" ? [] : symbolSuggestions(query, workspace, 7, signal),
			]);
			return [...plain, ...files, ...symbols].slice(0, maxSuggestions);
		}
	}
}

async function fileSuggestions(
	query: string,
	workspace: ChatWorkspace,
	limit: number,
	signal: AbortSignal,
): Promise<Suggestion[]> {
	const paths =
		query === "" ? workspace.openPaths() : await workspace.findFiles(query, limit, signal);
	return paths.slice(0, limit).map((path) => ({
		label: path.slice(path.lastIndexOf("/") + 1),
		insert: `${mentionText({ kind: "file", path })} `,
		detail: path,
	}));
}

async function symbolSuggestions(
	query: string,
	workspace: ChatWorkspace,
	limit: number,
	signal: AbortSignal,
): Promise<Suggestion[]> {
	const symbols = await workspace.findSymbols(query, limit, signal);
	return symbols.slice(0, limit).map(({ name, kind, container, path }) => ({
		label: name,
		insert: `${mentionText({ kind: "symbol", name })} `,
		detail: `${kind}${container === undefined ? "" : ` of ${container}`}, ${path}`,
	}));
}
