/** The process as it ships: its bundle, its environment, its end. */
import { existsSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../../src/base/clock.ts";
import { nullLogger } from "../../../src/base/log.ts";
import { forkProcess, type ForkedProcess } from "../../../src/base/process/forkProcess.ts";
import { cudaRuntime } from "../../../src/model/cudaRuntime.ts";
import { LibraryClient } from "../../../src/modelProcess/libraryClient.ts";
import { libraryEnvironment } from "../../../src/modelProcess/libraryEnvironment.ts";
import { bundleChild, type BundledChild } from "../../support/bundledChild.ts";
import { checkpointFiles } from "../../support/checkpointFiles.ts";
import { ScriptedHub } from "../../support/scriptedHub.ts";
import { TemporaryFolder } from "../../support/temporaryFolder.ts";

let child: BundledChild;

beforeAll(async () => {
	child = await bundleChild("src/modelProcess/child.ts");
});

afterAll(async () => {
	await child.remove();
});

test("the forked process asks the hub and the registry that the environment names, and ends with its client", async () => {
	await using hub = await ScriptedHub.start(await checkpointFiles());
	using folder = new TemporaryFolder();
	const processes: ForkedProcess[] = [];
	const client = new LibraryClient({
		startProcess: () => {
			const started = forkProcess({
				childPath: child.path,
				execPath: undefined,
				name: "models",
				nodeArguments: [],
				environment: libraryEnvironment(
					{
						...process.env,
						HF_ENDPOINT: hub.origin,
						npm_config_registry: `${hub.origin}/npm/`,
						XDG_CACHE_HOME: folder.path,
					},
					"http://127.0.0.1:9",
				),
				logger: nullLogger,
			});
			processes.push(started);
			return started;
		},
		clock: systemClock,
		logger: nullLogger,
	});
	const { signal } = new AbortController();
	const quiet = { onStep: () => undefined, onNotice: () => undefined, signal };
	const outcome = await client.install("maker/model", quiet);
	const installed = path.join(folder.path, "mote/models/maker--model");
	expect(outcome).toMatchObject({ kind: "installed", folder: installed });
	expect(existsSync(path.join(installed, "mote-model.json"))).toBe(true);
	expect((await client.list()).freeDiskBytes).toBeGreaterThan(0);
	// It has no such package: what counts is that it was asked.
	await expect(client.installRuntime(quiet)).rejects.toMatchObject({ code: "notFound" });
	const [archive] = cudaRuntime.archives;
	expect(hub.requests.at(-1)?.path).toBe(`/npm/${archive?.path}`);
	client.dispose();
	expect(await processes[0]?.exited).toEqual({ kind: "exited", description: "exit code 0" });
});

test.each([
	["no proxy", {}, "", undefined, undefined],
	["the editor's proxy", {}, " http://proxy:3128 ", "http://proxy:3128", "127.0.0.1,localhost,::1"],
	["both", { HTTPS_PROXY: "http://a", NO_PROXY: "b" }, "http://proxy", "http://proxy", "b"],
	["that of the environment", { HTTPS_PROXY: "http://a" }, "", "http://a", undefined],
])("with %s the process is told of it in Node's way", (_, environment, proxy, https, no) => {
	const given = libraryEnvironment(environment, proxy);
	expect([given["HTTPS_PROXY"], given["NO_PROXY"]]).toEqual([https, no]);
	expect(given["NODE_USE_ENV_PROXY"]).toBe("1");
});
