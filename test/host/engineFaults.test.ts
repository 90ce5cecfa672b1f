import assert from "node:assert";
import { cp, mkdtemp, readdir, readFile, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import * as vscode from "vscode";
import type { MoteApi } from "../../src/extension/extension.ts";
import { bundledModelFolders } from "../../src/model/bundledModel.ts";
import {
	acceptGhostText,
	closeEditors,
	completeSomewhere,
	nextOutcome,
	openDocument,
	readyMote,
	setSetting,
	statusOf,
	trigger,
} from "./mote.ts";

describe("faults of the engine", () => {
	let mote: MoteApi;
	let folder: string;

	before(async () => {
		mote = await readyMote();
		folder = await mkdtemp(path.join(tmpdir(), "mote-host-test-"));
	});

	after(async () => {
		await rm(folder, { recursive: true });
	});

	afterEach(async () => {
		await closeEditors();
		await setSetting("completion.model", "nano");
		await statusOf(mote, "ready", "nothing");
	});

	it("an engine that is killed while it is asked is started again, and completes", async () => {
		await openDocument("typescript", "export function sum(a: number, b: number)║\n");
		const pid = await engineProcessId();
		const interrupted = nextOutcome(mote);
		const starting = statusOf(mote, "starting");
		const busy = statusOf(mote, "busy");
		void vscode.commands.executeCommand("mote.trigger");
		await busy;
		process.kill(pid, "SIGKILL");
		await Promise.all([interrupted, starting]);
		await statusOf(mote, "ready", "nothing");
		await closeEditors();
		const { editor, completion } = await completeSomewhere(mote);
		assert.strictEqual(await acceptGhostText(editor), completion.insertText);
	});

	it("a model folder that is missing gives one sentence, and the editor goes on", async () => {
		const missing = path.join(folder, "nothing-here");
		await setSetting("completion.model", missing);
		const status = await statusOf(mote, "failed");
		assert.match(status.message, /nothing-here.* is missing/);
		const editor = await openDocument("typescript", "const a = ║");
		assert.deepStrictEqual(await trigger(mote), { kind: "none", reason: "engineUnavailable" });
		await editor.edit((edit) => edit.insert(editor.selection.active, "1;"));
		assert.strictEqual(editor.document.getText(), "const a = 1;");
	});

	it("weights that were cut short give one sentence, and the right ones work again", async () => {
		const broken = path.join(folder, "broken");
		await cp(smallModel(), broken, { recursive: true });
		await truncate(path.join(broken, await largestFile(broken)), 1000);
		await setSetting("completion.model", broken);
		const status = await statusOf(mote, "failed");
		assert.match(status.message, /not whole; install the model again/);
	});
});

function smallModel(): string {
	const extension = vscode.extensions.getExtension("mote.mote");
	assert(extension !== undefined);
	return path.join(extension.extensionPath, bundledModelFolders.nano);
}

async function largestFile(directory: string): Promise<string> {
	const sizes = await Promise.all(
		(await readdir(directory)).map(async (name) => ({
			name,
			bytes: (await readFile(path.join(directory, name))).length,
		})),
	);
	const largest = sizes.sort((a, b) => b.bytes - a.bytes)[0];
	assert(largest !== undefined);
	return largest.name;
}

/** The child of this process that runs the engine, as Linux lists it. */
async function engineProcessId(): Promise<number> {
	for (const entry of await readdir("/proc")) {
		const pid = Number.parseInt(entry, 10);
		const status = await readFile(`/proc/${entry}/stat`, "utf8").catch(() => "");
		// pid (name) state parent ...; the name may hold spaces and brackets.
		const parent = Number.parseInt(status.slice(status.lastIndexOf(")") + 4), 10);
		if (parent === process.pid) {
			const command = await readFile(`/proc/${entry}/cmdline`, "utf8").catch(() => "");
			if (command.includes("engineProcess.js")) {
				return pid;
			}
		}
	}
	throw new assert.AssertionError({ message: "there is no engine process" });
}
