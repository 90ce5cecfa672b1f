import { mkdir, readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { systemClock } from "../../base/clock.ts";
import { freeDiskBytes } from "../../base/freeDiskBytes.ts";
import { importCheckpoint } from "../../importer/importCheckpoint.ts";
import { architectureNames } from "../../model/architecture.ts";
import { machineMemoryBytes } from "../../model/machineMemory.ts";
import { byteText } from "../../base/byteText.ts";
import {
	modelId,
	parseHubAddress,
	parseRepository,
	repositoryText,
	type Repository,
} from "../../modelLibrary/hub/hubAddress.ts";
import { LibraryError } from "../../modelLibrary/libraryError.ts";
import { ModelLibrary, type InstallStep } from "../../modelLibrary/modelLibrary.ts";
import { parseSuggestions, type Suggestion } from "../../modelLibrary/suggestions.ts";
import { checkChatFormat } from "../../prompt/chatTemplate.ts";
import { usageError, type Command } from "../command.ts";
import { modelLibraryFolder, suggestionsFile } from "../defaults.ts";
import { modelTable, stepProgress } from "../modelTable.ts";
import { createProgressBar } from "../progressBar.ts";

const importable: ReadonlySet<string> = new Set(architectureNames);

export const modelsCommand: Command = {
	summary: "lists, installs and removes published models",
	usage: `mote models list
mote models install <owner/name or suggestion> [--revision <branch, tag or commit>]
mote models resume <owner/name or suggestion>
mote models remove <owner/name or suggestion>

Installing fetches a checkpoint from the Hugging Face hub, checks it against the hub's own checksums, and imports it.
Ctrl+C pauses: what came is kept, and resume goes on with it. Models lie in
${modelLibraryFolder}; what chat and complete take as --model is printed at the end.

The environment says where and how: HF_ENDPOINT is the address of a mirror, HF_TOKEN a token for models with terms;
HTTPS_PROXY is used where NODE_USE_ENV_PROXY=1 is set as well (Node 24).`,

	async run(args) {
		const { values, positionals } = parseArgs({
			args: [...args],
			allowPositionals: true,
			options: { revision: { type: "string" } },
		});
		const [action = "list", name, ...more] = positionals;
		const isKnown = ["list", "install", "resume", "remove"].includes(action);
		if (!isKnown || more.length > 0 || (action === "list") !== (name === undefined)) {
			throw usageError("mote models takes list, or install, resume or remove with one name.");
		}
		const library = openLibrary();
		const suggestions = parseSuggestions(await readFile(suggestionsFile, "utf8"));
		if (name === undefined) {
			process.stdout.write(await listText(library, suggestions));
			return 0;
		}
		const repository = repositoryNamed(name, suggestions);
		switch (action) {
			case "install":
				return await install(library, repository, values.revision);
			case "resume":
				await refuseUnbegun(library, repository);
				return await install(library, repository, undefined);
			default: {
				const { freedBytes } = await library.remove(modelId(repository));
				process.stdout.write(`${byteText(freedBytes)} are free again.\n`);
				return 0;
			}
		}
	},
};

function openLibrary(): ModelLibrary {
	return new ModelLibrary({
		folder: modelLibraryFolder,
		connection: {
			address: parseHubAddress(process.env["HF_ENDPOINT"]),
			fetch: globalThis.fetch,
			token: () => Promise.resolve(process.env["HF_TOKEN"]),
			clock: systemClock,
		},
		importable,
		convert: (checkpoint, out, { onProgress, signal }) =>
			importCheckpoint(checkpoint, out, {
				quantization: "int4",
				checkChat: checkChatFormat,
				onNotice: (sentence) => {
					process.stderr.write(`${sentence}\n`);
				},
				onProgress,
				signal,
			}),
		memoryBytes: machineMemoryBytes(),
	});
}

async function listText(
	library: ModelLibrary,
	suggestions: readonly Suggestion[],
): Promise<string> {
	await mkdir(modelLibraryFolder, { recursive: true });
	return modelTable({
		entries: await library.list(),
		suggestions,
		machine: {
			memoryBytes: machineMemoryBytes(),
			freeDiskBytes: await freeDiskBytes(modelLibraryFolder),
		},
		importable,
	});
}

/** A suggestion's short name, a folder's name, or "owner/name". */
function repositoryNamed(name: string, suggestions: readonly Suggestion[]): Repository {
	const suggested = suggestions.find(({ id }) => id === name);
	return parseRepository(suggested?.repository ?? name.replace("--", "/"));
}

async function refuseUnbegun(library: ModelLibrary, repository: Repository): Promise<void> {
	const id = modelId(repository);
	const isThere = (await library.list()).some((entry) => entry.id === id);
	if (!isThere) {
		const name = repositoryText(repository);
		throw new LibraryError(
			"notInstalled",
			`Nothing of ${name} is there to go on with; begin with mote models install ${name}.`,
		);
	}
}

/** Until it is installed, or Ctrl+C pauses it; a second Ctrl+C ends the process. */
async function install(
	library: ModelLibrary,
	repository: Repository,
	revision: string | undefined,
): Promise<number> {
	const pause = new AbortController();
	const onInterrupt = (): void => pause.abort();
	process.once("SIGINT", onInterrupt);
	const progress = new InstallProgress();
	try {
		const outcome = await library.install(repository, {
			revision,
			onStep: (step) => progress.show(step),
			signal: pause.signal,
		});
		progress.finish();
		if (outcome.kind === "paused") {
			const name = repositoryText(repository);
			process.stderr.write(`Paused; mote models resume ${name} goes on.\n`);
			return 1;
		}
		process.stdout.write(`${outcome.folder}\n`);
		return 0;
	} catch (error) {
		progress.finish();
		throw error;
	} finally {
		process.off("SIGINT", onInterrupt);
	}
}

/** A bar for each kind of step. */
class InstallProgress {
	#kind: InstallStep["kind"] | undefined;
	#bar = createProgressBar(process.stderr, systemClock.now());

	show(step: InstallStep): void {
		if (step.kind !== this.#kind) {
			this.#bar.finish();
			this.#bar = createProgressBar(process.stderr, systemClock.now());
			this.#kind = step.kind;
			if (step.kind === "listing") {
				process.stderr.write("Asking the hub for the model's files…\n");
			}
		}
		const state = stepProgress(step);
		if (state !== undefined) {
			this.#bar.update(state, systemClock.now());
		}
	}

	finish(): void {
		this.#bar.finish();
	}
}
