/**
 * Opens a real VS Code with Mote on a copy of the sample workspace, after installing what is missing:
 *
 *     npm start                   the desktop's VS Code where there is one, else one in the browser
 *     npm start -- --browser      always the one in the browser
 *     npm start -- --check        opens it without a window until ghost text appears, and ends
 */
import { spawnSync } from "node:child_process";
import path from "node:path";
import {
	developmentNode,
	findOnPath,
	installChromium,
	installPackages,
	installWorkbench,
	repositoryRoot,
} from "./install.mjs";
import { packageExtension } from "./package.mjs";
import { exitWithSentence, runStep } from "./steps.mjs";

/** The oldest VS Code that Mote runs in; package.json says the same to the editor. */
const minimumVsCode = [1, 120];

const startFolder = path.join(repositoryRoot, "out/start");

async function main() {
	const isCheck = process.argv.includes("--check") || process.env["MOTE_START_SMOKE"] === "1";
	await installPackages();
	const vsix = await packageExtension();
	const desktop = isCheck || process.argv.includes("--browser") ? undefined : desktopEditor();
	if (desktop !== undefined) {
		await openDesktop(desktop);
		return;
	}
	await installWorkbench();
	if (isCheck) {
		await installChromium();
	}
	await runStep(
		isCheck ? "check of VS Code with Mote" : "VS Code with Mote",
		developmentNode(),
		["test/workbench/openSample.ts", vsix, ...(isCheck ? ["--check"] : [])],
		{ cwd: repositoryRoot },
	);
}

/** The user's own VS Code, unless it is too old. */
function desktopEditor() {
	const command = findOnPath("code");
	if (command === undefined) {
		return undefined;
	}
	const { stdout } = spawnSync(command, ["--version"], { encoding: "utf8" });
	const version = /^(\d+)[.](\d+)[.]/
		.exec(stdout ?? "")
		?.slice(1)
		.map(Number);
	if (version === undefined || version[0] < minimumVsCode[0] || version[1] < minimumVsCode[1]) {
		console.log(
			`The VS Code on this machine is older than ${minimumVsCode.join(".")}; one in the browser is used instead.`,
		);
		return undefined;
	}
	return command;
}

/** Loads Mote from this folder into a window of its own; nothing is installed into the user's editor. */
async function openDesktop(command) {
	const workspace = path.join(startFolder, "reading-list");
	await runStep("sample workspace", developmentNode(), [
		path.join(repositoryRoot, "test/workbench/sampleRepository.ts"),
		workspace,
	]);
	await runStep("VS Code with Mote", command, [
		...["--new-window", `--extensionDevelopmentPath=${repositoryRoot}`, workspace],
		path.join(workspace, "src/readingList.ts"),
	]);
	console.log(
		"\nVS Code is open on a copy of the sample workspace. Ghost text comes as you type once the status bar says Mote without the spinning circle.",
	);
}

process.on("SIGINT", () => {
	// The editor gets the same signal from the terminal and ends by itself; this only waits for it.
});
await main().catch(exitWithSentence);
