import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { gpuFaultReason } from "../../../src/engine/gpu/gpuFault.ts";
import { lookForGpu } from "../../../src/engine/openGpuBackend.ts";
import { cudaRuntime } from "../../../src/model/cudaRuntime.ts";
import { openModel, type ModelFolder } from "../../../src/model/modelStore.ts";
import { TemporaryFolder } from "../../support/temporaryFolder.ts";
import { importTinyModel, type TinyModel } from "../../support/tinyModel.ts";

let tiny: TinyModel;
let model: ModelFolder;

beforeAll(async () => {
	tiny = await importTinyModel("int4");
	model = await openModel(tiny.folder);
});
afterAll(() => tiny.remove());
afterEach(() => vi.unstubAllEnvs());

/** What is said on a Linux machine whose only card has so many bytes, of which so many are used. */
async function look(totalBytes: number, usedBytes: number): Promise<string> {
	using root = new TemporaryFolder();
	const device = "sys/class/drm/card0/device";
	for (const [path, text] of [
		["usr/share/vulkan/icd.d/radeon_icd.json", "{}"],
		[`${device}/mem_info_vram_total`, String(totalBytes)],
		[`${device}/mem_info_vram_used`, String(usedBytes)],
		[`${device}/mem_info_gtt_total`, "0"],
		[`${device}/mem_info_gtt_used`, "0"],
	] as const) {
		const file = join(root.path, path);
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, text);
	}
	const machine = { system: "linux", root: root.path, arch: "x64", env: {}, release: "6.1.0" };
	const options = { model, threads: 1, gpuLibraries: undefined };
	const presence = await lookForGpu("webgpu", options, machine);
	return presence.kind === "present" ? "present" : gpuFaultReason("webgpu", presence.fault);
}

test("a model that fits the disk but not the card is not tried there, and a sentence says so", async () => {
	expect(await look(100e6, 0)).toMatch(
		/^the model needs about 2\d\d(\.\d)? MB of the graphics card's memory, which has 100 MB; choose a smaller model$/,
	);
});

test("a card that another window has filled is left alone for this start", async () => {
	expect(await look(8e9, 7.9e9)).toMatch(
		/^the model needs about 2\d\d(\.\d)? MB of the graphics card's memory, of which 100 MB are free; close what else uses it, other windows too, or choose a smaller model$/,
	);
});

test("where Mote's addon can't be used, CUDA says that, and not that a driver would help", async () => {
	using root = new TemporaryFolder();
	const driver = join(root.path, "proc/driver/nvidia");
	mkdirSync(driver, { recursive: true });
	writeFileSync(join(driver, "version"), "NVRM version: NVIDIA UNIX x86_64 Kernel Module 580.0");
	const machine = { system: "linux", root: root.path, arch: "x64", env: {}, release: "6.1.0" };
	const options = { model, threads: 1, gpuLibraries: undefined };
	const reason = `it can't be loaded (${"x".repeat(300)})`;
	const presence = await lookForGpu("cuda", options, machine, () => ({
		kind: "unavailable",
		reason,
	}));
	expect(presence.kind === "absent" && gpuFaultReason("cuda", presence.fault)).toMatch(
		/^it needs Mote's own addon, which is not used, because it can't be loaded \(x+…$/,
	);
});

test("a card with room for the model is there", async () => {
	expect(await look(8e9, 1e9)).toBe("present");
});

/** What is said of CUDA on a Linux machine with NVIDIA's driver; a version where its library is there. */
async function lookForCuda(cache: string, gpuLibraries: string | undefined): Promise<string> {
	using root = new TemporaryFolder({ "proc/driver/nvidia/version": "NVRM version: 1" });
	vi.stubEnv("XDG_CACHE_HOME", cache);
	const machine = { system: "linux", root: root.path, arch: "x64", env: {}, release: "6.1.0" };
	const presence = await lookForGpu("cuda", { model, threads: 1, gpuLibraries }, machine);
	return presence.kind === "present" ? presence.version : gpuFaultReason("cuda", presence.fault);
}

const provider = "libonnxruntime_providers_cuda.so";

test("CUDA's library that was downloaded is found, and one that a setting names goes before it", async () => {
	const place = `mote/runtimes/${cudaRuntime.folderName}`;
	using cache = new TemporaryFolder();
	expect(await lookForCuda(cache.path, undefined)).toMatch(
		/^libonnxruntime_providers_cuda[.]so is not there; “Mote: Manage Models” downloads it/,
	);
	cache.write(`${place}/libonnxruntime.so.1`, "of the release");
	cache.write(`${place}/${provider}`, "downloaded");
	// The sizes of the files are part of the version.
	expect(await lookForCuda(cache.path, undefined)).toMatch(/ 14 [\d.]+ 10 [\d.]+$/);
	using named = new TemporaryFolder({ "libonnxruntime.so.1": "mine", [provider]: "my own" });
	expect(await lookForCuda(cache.path, named.path)).toMatch(/ 4 [\d.]+ 6 [\d.]+$/);
});
