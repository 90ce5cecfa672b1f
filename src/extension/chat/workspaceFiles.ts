import * as vscode from "vscode";
import type { Clock } from "../../base/clock.ts";
import { withToken } from "../cancellation.ts";
import { pathInWorkspace } from "../workspacePaths.ts";
import { rankPaths } from "./rankPaths.ts";

/** Larger repositories have files that can't be found here; the editor's own search finds them. */
const maxFiles = 20_000;

/** While someone types a mention the list stays; a file that was made since is found with the next one. */
const keptMs = 10_000;

/** Beside what the user excludes from the explorer and from searches. */
const alwaysExcluded = [
	"**/.git",
	"**/.hg",
	"**/.svn",
	"**/node_modules",
	"**/__pycache__",
	"**/.venv",
	"**/venv",
	"**/target",
	"**/dist",
	"**/out",
	"**/build",
];

/** Finds files of the workspace by what is typed of their path. */
export class WorkspaceFiles {
	private listed: { readonly paths: readonly string[]; readonly atMs: number } | undefined;

	constructor(private readonly clock: Clock) {}

	async find(query: string, limit: number, signal: AbortSignal): Promise<readonly string[]> {
		return rankPaths(query, await this.list(signal), limit);
	}

	private async list(signal: AbortSignal): Promise<readonly string[]> {
		const now = this.clock.now();
		if (this.listed !== undefined && now - this.listed.atMs < keptMs) {
			return this.listed.paths;
		}
		const found = await withToken(signal, (token) =>
			vscode.workspace.findFiles("**/*", excludedGlob(), maxFiles, token),
		);
		const paths = found.flatMap((uri) => pathInWorkspace(uri) ?? []).sort();
		if (!signal.aborted) {
			this.listed = { paths, atMs: now };
		}
		return paths;
	}
}

function excludedGlob(): string {
	const excluded = ["files.exclude", "search.exclude"].flatMap((key) =>
		Object.entries(vscode.workspace.getConfiguration().get<Record<string, unknown>>(key, {}))
			// A glob with braces or commas can't stand inside of another one's.
			.filter(([glob, isExcluded]) => isExcluded === true && !/[{},]/.test(glob))
			.map(([glob]) => glob),
	);
	return `{${[...new Set([...alwaysExcluded, ...excluded])].join(",")}}`;
}
