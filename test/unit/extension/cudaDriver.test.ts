import { expect, test } from "vitest";
import { gpuSettings, isTried } from "../../../src/engine/gpu/gpuProviders.ts";
import { hasCudaDriver } from "../../../src/extension/models/cudaDriver.ts";
import { TemporaryFolder } from "../../support/temporaryFolder.ts";

test.each([
	["linux", "x64", true, true],
	["linux", "x64", false, false],
	["linux", "arm64", true, false],
	["win32", "x64", true, false],
	["darwin", "arm64", true, false],
])("on %s-%s, with NVIDIA's driver: %j, CUDA has a driver: %j", async (...args) => {
	const [system, arch, isThere, expected] = args;
	using root = new TemporaryFolder(isThere ? { "proc/driver/nvidia/version": "NVRM" } : {});
	const machine = { system, arch, root: root.path, env: {}, release: "6.1.0" };
	expect(await hasCudaDriver(machine)).toBe(expected);
});

test("CUDA is tried where a setting leaves the choice or names it", () => {
	expect(gpuSettings.filter((setting) => isTried("cuda", setting))).toEqual(["auto", "cuda"]);
});
