/**
 * Asks npm's registry for advisories about the packages of both lock files:
 *
 *     npm run audit
 *
 * Needs the network, so `npm test` doesn't do it. Ends with 0 where nothing is known of any package, with 1 where there is an advisory,
 * and with 2 where nobody answered: that is never taken for a good answer.
 */
import { spawnSync } from "node:child_process";
import path from "node:path";
import { auditVerdict, type Severity } from "./auditVerdict.ts";

const root = path.join(import.meta.dirname, "..");

/** The second is an editor that tests drive on 127.0.0.1; nothing of it ships. */
const locks: readonly { readonly folder: string; readonly atLeast: Severity }[] = [
	{ folder: ".", atLeast: "moderate" },
	{ folder: "test/workbench", atLeast: "high" },
];

let exitCode = 0;
for (const { folder, atLeast } of locks) {
	const { stdout, error } = spawnSync("npm", ["audit", "--package-lock-only", "--json"], {
		cwd: path.join(root, folder),
		encoding: "utf8",
		maxBuffer: 64 * 2 ** 20,
		shell: process.platform === "win32",
		stdio: ["ignore", "pipe", "ignore"],
	});
	const lock = path.posix.join(folder, "package-lock.json");
	const verdict =
		error === undefined
			? auditVerdict(stdout, atLeast)
			: ({ kind: "unanswered", problem: error.message } as const);
	switch (verdict.kind) {
		case "clean":
			console.log(
				`${lock}: no advisory of severity ${atLeast} or more about ${verdict.packages} packages; ${verdict.lesser.length} lesser ones.`,
			);
			break;
		case "advisories":
			for (const { packageName, severity, title, url } of verdict.advisories) {
				console.error(`${lock}: ${packageName}: ${severity}: ${title} ${url}`);
			}
			exitCode = Math.max(exitCode, 1);
			break;
		case "unanswered":
			console.error(
				`${lock}: the registry gave no answer about advisories (${verdict.problem}); run this where it does.`,
			);
			exitCode = 2;
	}
}
process.exitCode = exitCode;
