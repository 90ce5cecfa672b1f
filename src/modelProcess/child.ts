/** Entry point of the process that holds the model library; bundled on its own. */

import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { systemClock } from "../base/clock.ts";
import { freeDiskBytes } from "../base/freeDiskBytes.ts";
import { processPort } from "../base/process/processPort.ts";
import { importCheckpoint } from "../importer/importCheckpoint.ts";
import { architectureNames } from "../model/architecture.ts";
import { cudaRuntime, runtimesPlace } from "../model/cudaRuntime.ts";
import { machineMemoryBytes } from "../model/machineMemory.ts";
import { parseHubAddress, parseRegistryAddress } from "../modelLibrary/hub/hubAddress.ts";
import { libraryPlace } from "../modelLibrary/libraryPlace.ts";
import { ModelLibrary } from "../modelLibrary/modelLibrary.ts";
import { RuntimeLibrary } from "../modelLibrary/runtimes/runtimeLibrary.ts";
import { checkChatFormat } from "../prompt/chatTemplate.ts";
import { serveLibrary, type LibraryServer } from "./serveLibrary.ts";

const surroundings = {
	platform: process.platform,
	environment: process.env,
	home: homedir(),
};
const folder = libraryPlace(surroundings);

const write = (stream: NodeJS.WriteStream) => (message: string) => {
	stream.write(`${message}\n`);
};

const server: LibraryServer = serveLibrary({
	port: processPort(process),
	library: new ModelLibrary({
		folder,
		connection: {
			// Asked for when a model is installed: who only looks at a list needs no valid one.
			get address() {
				return parseHubAddress(process.env["HF_ENDPOINT"]);
			},
			fetch: globalThis.fetch,
			token: () => Promise.resolve(process.env["HF_TOKEN"]),
			clock: systemClock,
		},
		importable: new Set(architectureNames),
		convert: (checkpoint, out, { onProgress, signal }) =>
			importCheckpoint(checkpoint, out, {
				quantization: "int4",
				checkChat: checkChatFormat,
				onNotice: (sentence) => server.notice(sentence),
				onProgress,
				signal,
			}),
		memoryBytes: machineMemoryBytes(),
	}),
	runtime: new RuntimeLibrary({
		folder: runtimesPlace(surroundings),
		connection: {
			get address() {
				// npm itself reads its variables in capitals too.
				return parseRegistryAddress(
					process.env["npm_config_registry"] ?? process.env["NPM_CONFIG_REGISTRY"],
				);
			},
			fetch: globalThis.fetch,
			token: () => Promise.resolve(undefined),
			clock: systemClock,
		},
		runtime: cudaRuntime,
	}),
	freeDiskBytes: async () => {
		await mkdir(folder, { recursive: true });
		return await freeDiskBytes(folder);
	},
	clock: systemClock,
	logger: {
		debug: () => undefined,
		info: write(process.stdout),
		warn: write(process.stderr),
		error: write(process.stderr),
	},
	onEnd: () => process.exit(0),
});
