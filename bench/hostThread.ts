/**
 * Measures what Mote asks of the thread that all extensions share: how long it takes to activate, and the longest stretch
 * that it keeps the thread for while somebody types at a person's pace. In a real VS Code (code-server) with the packaged
 * extension; needs `npm run package` and what `npm test` installs, and a machine that has nothing else to do.
 *
 *     node bench/hostThread.ts [--windows 7] [--kinds "TypeScript service" …] [--output folder]
 *
 * Writes a table and a trace into bench/results, by the date.
 */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { currentLoad, describeMachine } from "../src/cli/bench/machine.ts";
import { PackagedEditor, type PackagedEditorOptions } from "../test/workbench/packagedEditor.ts";
import { repositoryRoot } from "../test/workbench/server.ts";
import { typedFile, typingPageHeight, typingSettings } from "../test/workbench/typedFile.ts";
import { copyToolshed, placeKinds, readScript } from "../test/workbench/typingScript.ts";
import { CoreWaits } from "./hostThread/coreWaits.ts";
import { freePort, HostInspector } from "./hostThread/hostInspector.ts";
import {
	activationPhase,
	asJson,
	asMarkdown,
	type HostFindings,
	type HostPhase,
} from "./hostThread/hostReport.ts";
import { stretchesOf } from "./hostThread/stretches.ts";

const { values } = parseArgs({
	options: {
		windows: { type: "string", default: "7" },
		kinds: {
			type: "string",
			multiple: true,
			default: ["TypeScript service", "Python module", "Go handler"],
		},
		output: { type: "string", default: path.join(repositoryRoot, "bench/results") },
	},
});
const kinds = z.array(z.enum(placeKinds)).parse(values.kinds);
const windows = z.coerce.number().int().positive().parse(values.windows);

const editorOptions: PackagedEditorOptions = {
	model: "auto",
	copyWorkspace: copyToolshed,
	pageHeight: typingPageHeight,
	userSettings: typingSettings,
};

/** The bundle of the extension; its worker threads and processes don't take time from this thread. */
const isMote = (url: string): boolean => /\/mote[^/]*\/dist\/extension(?:\/[^/]+)?\.js$/.test(url);

/** As the editor tells it, in windows that nobody else looks into. */
async function activations(): Promise<readonly number[]> {
	const packaged = await PackagedEditor.start(`hostActivation-${process.pid}`, editorOptions);
	try {
		const times: number[] = [];
		for (let window = 0; window < windows; window++) {
			await packaged.open();
			await packaged.editor.waitForStatus("Ready.");
			times.push(await packaged.editor.activationMs());
			console.log(`Activation: ${times.at(-1)} ms`);
		}
		return times;
	} catch (error) {
		await packaged.editor.screenshot("failed-hostThread");
		throw error;
	} finally {
		await packaged.close();
	}
}

async function typed(): Promise<readonly HostPhase[]> {
	const port = await freePort();
	const packaged = await PackagedEditor.start(`hostThread-${process.pid}`, {
		...editorOptions,
		enableTestDriver: true,
	});
	try {
		await packaged.open({ inspectorPort: port });
		const inspector = await HostInspector.connect(port);
		const processId = await inspector.processId();
		const phase = async (name: string, work: () => Promise<void>): Promise<HostPhase> => {
			await inspector.watchDelays();
			await inspector.startProfile();
			const waits = new CoreWaits(processId);
			await work();
			const delays = await inspector.delays();
			const profile = await inspector.stopProfile();
			const durationMs = (profile.endTime - profile.startTime) / 1000;
			return { name, durationMs, delays, stretches: stretchesOf(profile, isMote, waits.end()) };
		};
		const phases = [await phase(activationPhase, () => packaged.editor.waitForStatus("Ready."))];
		for (const file of await readScript()) {
			if (kinds.includes(file.kind)) {
				console.log(`Typing ${file.file}`);
				phases.push(
					await phase(file.kind, async () => {
						await typedFile(packaged.editor, file);
					}),
				);
			}
		}
		inspector.close();
		return phases;
	} finally {
		await packaged.close();
	}
}

const load = currentLoad();
const activationsMs = await activations();
const phases = await typed();
const findings: HostFindings = {
	date: new Date().toISOString(),
	machine: await describeMachine(),
	load: { before: load, after: currentLoad() },
	...{ activationsMs, phases },
};
const name = path.join(values.output, `${findings.date.slice(0, 10)}-host-thread`);
await mkdir(values.output, { recursive: true });
await writeFile(`${name}.json`, asJson(findings));
await writeFile(`${name}.md`, asMarkdown(findings));
console.log(asMarkdown(findings));
