/**
 * Builds the addon of native/ with the machine's own compiler. Everything works without one, only slower:
 *
 *     node scripts/native.mjs
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(import.meta.dirname, "..");

/** Where the build puts it; src/engine/native/addon.ts looks there. */
const addonFile = path.join(root, "dist/native/mote.node");

/** What is missing for the addon to be built, as the rest of a sentence after "because"; undefined if nothing is. */
export function missingForNative() {
	if (process.platform === "win32") {
		return "it is written for Linux and macOS";
	}
	const missing = ["make", "g++"].filter(
		(command) => spawnSync(command, ["--version"]).status !== 0,
	);
	return missing.length === 0
		? undefined
		: `this machine has no ${missing.join(" and no ")} (on Debian: sudo apt-get install make g++)`;
}

/** `make` with targets of native/Makefile, as arguments for a process. */
export function makeArguments(...targets) {
	return [
		"--no-print-directory",
		"-C",
		path.join(root, "native"),
		`-j${availableParallelism()}`,
		...targets,
	];
}

/** Puts the addon into dist/, or says in one line why it isn't there. */
export function buildAddon() {
	const missing = missingForNative();
	if (missing !== undefined) {
		console.log(
			`Mote's addon is not built, because ${missing}: models run more slowly without it.`,
		);
		return;
	}
	const { status, stdout, stderr } = spawnSync("make", makeArguments("addon"), {
		encoding: "utf8",
	});
	if (status !== 0) {
		console.error(`${stdout}${stderr}`);
		console.log(
			"Mote's addon is not built, because the compiler failed, see above: models run more slowly without it.",
		);
		return;
	}
	mkdirSync(path.dirname(addonFile), { recursive: true });
	copyFileSync(path.join(root, "out/native/mote.node"), addonFile);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	buildAddon();
}
