import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** What came of a program that was started in namespaces of its own. */
export type UnsharedEnd =
	| { readonly kind: "ended"; readonly stdout: string }
	/** This system doesn't let this user have them, or the program failed; a clause for the sentence that says so. */
	| { readonly kind: "failed"; readonly why: string };

/**
 * Runs a program in namespaces of its own, which most containers and some systems let nobody have.
 *
 * @param options of util-linux's `unshare`: which namespaces
 * @param limitMs after which the program is killed and has failed
 */
export async function runUnshared(
	options: readonly string[],
	[...command]: readonly string[],
	limitMs: number,
): Promise<UnsharedEnd> {
	try {
		const { stdout } = await run("unshare", [...options, "--", ...command], {
			timeout: limitMs,
			encoding: "utf8",
		});
		return { kind: "ended", stdout };
	} catch (error) {
		return { kind: "failed", why: reasonOf(error) };
	}
}

function reasonOf(error: unknown): string {
	if (!(error instanceof Error)) {
		throw error;
	}
	if ("code" in error && error.code === "ENOENT") {
		return "this system has no unshare";
	}
	if ("killed" in error && error.killed === true) {
		return "a program in namespaces of its own didn't come to its end";
	}
	const said = "stderr" in error && typeof error.stderr === "string" ? error.stderr : error.message;
	const lines = said.split("\n").filter((line) => line.trim() !== "");
	const telling = lines.find((line) => /^unshare: |^(?:\w*Error)\b.*: /.test(line));
	return telling ?? lines.at(-1) ?? "unshare failed without a word";
}

const run = promisify(execFile);
