import assert from "node:assert";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, before, describe, it } from "mocha";
import * as vscode from "vscode";
import { systemClock } from "../../src/base/clock.ts";
import { nullLogger } from "../../src/base/log.ts";
import type { MoteApi } from "../../src/extension/extension.ts";
import { RepositorySession } from "../../src/extension/repositorySession.ts";
import { eventually } from "../support/eventually.ts";
import { TestFiles } from "./edits.ts";
import { showContext, textMatching } from "./inspector.ts";
import { nameCompleted, nameInFiles } from "./learnedNames.ts";
import { closeEditors, engineStarting, readyMote, statusOf } from "./mote.ts";

/** No model writes this by itself. */
const name = "quaggaFlumoxSextant";

describe("the repository in the extension host", () => {
	let mote: MoteApi;
	const files = new TestFiles("learned");

	before(async () => {
		mote = await readyMote();
	});

	afterEach(async () => {
		await closeEditors();
		await files.remove();
	});

	it("a name that only other files have is completed soon after they are written", async () => {
		for (const [file, text] of Object.entries(nameInFiles(name))) {
			await files.write(file, text);
		}
		await nameCompleted(mote, name);
		const document = await showContext();
		await textMatching(document, /^# [1-9]\d* % of the answer's probability/m);
	});

	it("one thread reads the repository, before and after the engine is opened anew", async () => {
		repositoryThreads(1);
		await engineStarting(mote, () => vscode.commands.executeCommand("mote.restartEngine"));
		// An answer that was under way when the engine ended may say "nothing" after the new one is ready.
		await statusOf(mote, "ready", "nothing");
		await repositoryThreadsBecome(1);
	});

	it("nothing is read while neither related code nor learning is wanted", async () => {
		await configure("completion.adaptation", false);
		repositoryThreads(1);
		await configure("completion.repositoryContext", false);
		await repositoryThreadsBecome(0);
		await configure("completion.repositoryContext", undefined);
		await repositoryThreadsBecome(1);
		await configure("completion.adaptation", undefined);
		repositoryThreads(1);
	});

	it("a thread that ends is started again, three times and no more", async () => {
		const folder = await mkdtemp(path.join(tmpdir(), "mote-host-test-"));
		const starts = path.join(folder, "starts");
		await mkdir(path.join(folder, "dist"));
		await writeFile(
			path.join(folder, "dist", "repositoryWorker.js"),
			`require("node:fs").appendFileSync(${JSON.stringify(starts)}, "x"); process.exit(7);`,
		);
		const warnings: string[] = [];
		const session = new RepositorySession({
			...{ extensionFolder: folder, tokenizerPath: "", clock: systemClock },
			storageUri: vscode.Uri.file(path.join(folder, "storage")),
			learner: { learn: () => Promise.reject(new Error("nothing is read")) },
			logger: { ...nullLogger, warn: (message) => warnings.push(message) },
		});
		try {
			session.setUse({ context: true, learning: false });
			await eventually(() => warnings.length === 4);
			for (const warning of warnings.slice(0, 3)) {
				assert.match(warning, /worker ended \(exit code 7\) and is started again/);
			}
			assert.match(warnings[3] ?? "", /completions do without related code until the window/);
			assert.strictEqual(await readFile(starts, "utf8"), "xxxx");
		} finally {
			await session.dispose();
			await rm(folder, { recursive: true });
		}
	});
});

async function configure(key: string, value: boolean | undefined): Promise<void> {
	const configuration = vscode.workspace.getConfiguration("mote");
	await configuration.update(key, value, vscode.ConfigurationTarget.Global);
}

/** Asserts how many threads of this process read a repository. */
function repositoryThreads(count: number): void {
	assert.strictEqual(countRepositoryThreads(), count);
}

/** A thread starts and ends when it pleases. The limit is that of the test. */
async function repositoryThreadsBecome(count: number): Promise<void> {
	while (countRepositoryThreads() !== count) {
		await new Promise((resolve) => setImmediate(resolve));
	}
}

function countRepositoryThreads(): number {
	Reflect.set(process.report, "excludeNetwork", true);
	const report = JSON.stringify(process.report.getReport());
	return [...report.matchAll(/subreport \[mote repository\]/g)].length;
}
