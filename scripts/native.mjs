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
import { StepError } from "./steps.mjs";
import { targets } from "./targets.mjs";

const root = path.resolve(import.meta.dirname, "..");

/** Where the build puts it; src/engine/native/addon.ts looks there. */
const addonFile = path.join(root, "dist/native/mote.node");

const onlyUnix = "it is written for Linux and macOS";

/** What is missing for the addon to be built, as the rest of a sentence after "because"; undefined if nothing is. */
export function missingForNative() {
	if (process.platform === "win32") {
		return onlyUnix;
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

/**
 * Compiles the addon of another platform, where this machine can.
 *
 * @param {import("./targets.mjs").Target} target
 * @returns the file; undefined where it can't, after a line that says why
 */
export function crossAddon(target) {
	const missing = missingForCross(target);
	if (missing !== undefined) {
		console.log(
			`The package for ${target} has no addon, because ${missing}: models run more slowly there.`,
		);
		return undefined;
	}
	const { status, stdout, stderr } = spawnSync("make", makeArguments("addon-arm"), {
		encoding: "utf8",
	});
	if (status !== 0) {
		throw new StepError(`The addon for ${target} can't be compiled.`, `${stdout}${stderr}`);
	}
	return path.join(root, "out/native/arm64/mote.node");
}

/** @param {import("./targets.mjs").Target} target */
function missingForCross(target) {
	if (targets[target].platform === "win32") {
		return onlyUnix;
	}
	if (target !== "linux-arm64") {
		return "it is compiled on that platform only";
	}
	const missing = ["make", "aarch64-linux-gnu-g++"].filter(
		(command) => spawnSync(command, ["--version"]).status !== 0,
	);
	return missing.length === 0 ? undefined : `this machine has no ${missing.join(" and no ")}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	buildAddon();
}
