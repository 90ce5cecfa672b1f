import { execFile } from "node:child_process";
import type { Logger } from "../../base/log.ts";
import { CoChanges } from "./coChanges.ts";
import { noHistory, type FileHistory } from "./fileHistory.ts";

/** Enough commits for what belongs together; a large repository answers within a second. */
const maxCommits = 2_000;
const maxOutputBytes = 16 * 2 ** 20;
const timeoutMs = 60_000;

/** Settings of a repository that would run programs or reach for the network, switched off. */
const harmless = [
	"core.fsmonitor=false",
	"core.hooksPath=/dev/null",
	"core.pager=cat",
	"core.alternateRefsCommand=",
	"log.showSignature=false",
	"protocol.allow=never",
];

/**
 * Which files of a folder change together, from the history that git has of it. None without git, without a
 * repository or when it takes too long: history is a hint. The repository is foreign, and its configuration
 * can name programs, so those settings are overruled; don't call this for a folder that the user doesn't trust.
 */
export async function readGitHistory(
	root: string,
	logger: Logger,
	signal: AbortSignal,
): Promise<FileHistory> {
	const args = [
		// Not the folder to start in: Windows would look for git.exe there first.
		"-C",
		root,
		"--no-pager",
		...harmless.flatMap((setting) => ["-c", setting]),
		"log",
		`--max-count=${maxCommits}`,
		"--no-merges",
		"--no-renames",
		"--no-ext-diff",
		"--no-textconv",
		"--name-only",
		"--relative",
		"-z",
		"--format=%x01",
	];
	const output = await run(args, signal);
	if (typeof output !== "string") {
		logger.debug(`no history of files: ${output.message}`);
		return noHistory;
	}
	return new CoChanges(commitsOf(output));
}

/** Each commit is U+0001 with its files behind it, all set apart by zero bytes and line breaks. */
export function commitsOf(output: string): readonly (readonly string[])[] {
	return output
		.split("\u0001")
		.map((commit) =>
			commit
				.split("\u0000")
				.map((path) => path.replace(/^\n+/, ""))
				.filter((path) => path !== ""),
		)
		.filter((paths) => paths.length > 0);
}

function run(args: readonly string[], signal: AbortSignal): Promise<string | Error> {
	return new Promise((resolve) => {
		execFile(
			"git",
			args,
			{
				encoding: "utf8",
				maxBuffer: maxOutputBytes,
				timeout: timeoutMs,
				signal,
				windowsHide: true,
				env: {
					...process.env,
					GIT_OPTIONAL_LOCKS: "0",
					GIT_TERMINAL_PROMPT: "0",
					GIT_NO_LAZY_FETCH: "1",
				},
			},
			(error, stdout) => {
				resolve(error ?? stdout);
			},
		);
	});
}
