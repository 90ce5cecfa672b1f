/**
 * Copies the sample workspace as somebody would have it who works there: in a repository, with one commit.
 *
 *     node test/workbench/sampleRepository.ts <folder>
 */
import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { copySampleWorkspace } from "./server.ts";

const run = promisify(execFile);

/** What is in `folder` is deleted. */
export async function makeSampleRepository(folder: string): Promise<void> {
	await rm(folder, { recursive: true, force: true });
	await copySampleWorkspace(folder);
	// Whoever has set no name yet, or signs what they commit, shall not be asked for it here.
	const settings = ["user.name=Reader", "user.email=reader@localhost", "commit.gpgSign=false"];
	const git = async (...parameters: readonly string[]): Promise<void> => {
		await run("git", [...settings.flatMap((setting) => ["-c", setting]), ...parameters], {
			cwd: folder,
		});
	};
	try {
		await git("init", "--quiet", "--initial-branch=main");
		await git("add", ".");
		await git("commit", "--quiet", "--message", "Keep a list of books");
	} catch (error) {
		// The editor has no Git either then, and everything else works.
		console.log(`The sample is no Git repository: ${String(error)}`);
	}
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const [folder] = process.argv.slice(2);
	if (folder === undefined) {
		throw new Error("usage: node test/workbench/sampleRepository.ts <folder>");
	}
	await makeSampleRepository(path.resolve(folder));
}
