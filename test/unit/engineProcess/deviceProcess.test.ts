import { arch, platform } from "node:os";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nullLogger } from "../../../src/base/log.ts";
import { forkProcess } from "../../../src/base/process/forkProcess.ts";
import { openDeviceProcess } from "../../../src/engine/deviceProcess/deviceProcessBackend.ts";
import { gpuProviders, gpuProvidersOn } from "../../../src/engine/gpu/gpuProviders.ts";
import { openModel } from "../../../src/model/modelStore.ts";
import { bundleChild, type BundledChild } from "../../support/bundledChild.ts";
import { patientClock } from "../../support/patientClock.ts";
import { importTinyModel, type TinyModel } from "../../support/tinyModel.ts";

let child: BundledChild;
let tiny: TinyModel;

beforeAll(async () => {
	[child, tiny] = await Promise.all([
		bundleChild("src/engineProcess/child.ts"),
		importTinyModel("int4"),
	]);
});
afterAll(async () => {
	await Promise.all([child.remove(), tiny.remove()]);
});

test("the entry point that ships serves a device, and says what the runtime says about one that there isn't", async () => {
	const offered = gpuProvidersOn(`${platform()}-${arch()}`);
	const provider = gpuProviders.find((name) => name !== "cuda" && !offered.includes(name));
	const { manifest } = await openModel(tiny.folder);
	const process = forkProcess({
		childPath: child.path,
		execPath: undefined,
		name: "device",
		nodeArguments: [],
		environment: { ...globalThis.process.env, MOTE_ENGINE_PROCESS_ROLE: "device" },
		logger: nullLogger,
	});
	const opening = openDeviceProcess({
		process,
		request: { provider: provider ?? "coreml", modelFolder: tiny.folder, threads: 1 },
		manifest,
		clock: patientClock,
		signal: new AbortController().signal,
	});
	await expect(opening).rejects.toMatchObject({
		code: "runtimeFailed",
		cause: { name: "Error", message: expect.stringMatching(/\S/) as string },
	});
	// Nothing of it is left.
	expect((await process.exited).description).toBe("SIGKILL");
});
