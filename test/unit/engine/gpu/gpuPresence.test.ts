import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { lookForDriver, type Machine } from "../../../../src/engine/gpu/gpuPresence.ts";
import { TemporaryFolder } from "../../../support/temporaryFolder.ts";

function machine(root: TemporaryFolder, changes: Partial<Machine> = {}): Machine {
	return { system: "linux", root: root.path, arch: "x64", env: {}, release: "6.1.0", ...changes };
}

function put(root: TemporaryFolder, path: string, text: string): string {
	const file = join(root.path, path);
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, text);
	return file;
}

const driver = (library: string): string =>
	JSON.stringify({ file_format_version: "1.0.0", ICD: { library_path: library } });

const noDevice = { kind: "absent", fault: { kind: "noDevice" } };

describe("on Linux", () => {
	test("a machine without drivers has no provider", async () => {
		using root = new TemporaryFolder();
		for (const provider of ["cuda", "webgpu"] as const) {
			expect(await lookForDriver(provider, machine(root))).toEqual(noDevice);
		}
	});

	test("NVIDIA's driver is CUDA's, and its version counts", async () => {
		using root = new TemporaryFolder();
		put(root, "proc/driver/nvidia/version", "NVRM version: 580.65.06");
		const first = await lookForDriver("cuda", machine(root));
		expect(first.kind).toBe("present");
		expect(await lookForDriver("cuda", machine(root))).toEqual(first);
		put(root, "proc/driver/nvidia/version", "NVRM version: 590.10");
		const later = await lookForDriver("cuda", machine(root));
		expect([later.kind, later]).toEqual(["present", expect.not.objectContaining(first)]);
	});

	test("a Vulkan driver is WebGPU's, and another library behind its name counts", async () => {
		using root = new TemporaryFolder();
		put(root, "usr/share/vulkan/icd.d/intel_icd.x86_64.json", driver("libvulkan_intel.so"));
		const library = put(root, "usr/lib/x86_64-linux-gnu/libvulkan_intel.so", "one");
		const first = await lookForDriver("webgpu", machine(root));
		expect(first.kind).toBe("present");
		utimesSync(library, 1, 1);
		const later = await lookForDriver("webgpu", machine(root));
		expect([later.kind, later]).toEqual(["present", expect.not.objectContaining(first)]);
		expect(await lookForDriver("cuda", machine(root))).toEqual(noDevice);
	});

	test("a driver that computes on the processor is none", async () => {
		using root = new TemporaryFolder();
		put(root, "usr/share/vulkan/icd.d/lvp_icd.x86_64.json", driver("libvulkan_lvp.so"));
		expect(await lookForDriver("webgpu", machine(root))).toEqual(noDevice);
	});

	test("drivers that the environment names are the only ones", async () => {
		using root = new TemporaryFolder();
		put(root, "usr/share/vulkan/icd.d/intel_icd.x86_64.json", driver("libvulkan_intel.so"));
		const own = put(root, "own/icd.json", "{");
		const named = (path: string): Promise<unknown> =>
			lookForDriver("webgpu", machine(root, { env: { VK_ICD_FILENAMES: path } }));
		expect(await named(own)).toMatchObject({ kind: "present" });
		expect(await named(join(root.path, "nowhere.json"))).toEqual(noDevice);
	});
});

test("on Windows providers are there, and an installed driver changes their version", async () => {
	using root = new TemporaryFolder();
	const store = join(root.path, "System32", "DriverStore", "FileRepository");
	mkdirSync(store, { recursive: true });
	const windows = machine(root, { system: "win32", env: { SystemRoot: root.path } });
	const first = await lookForDriver("directml", windows);
	expect(first.kind).toBe("present");
	utimesSync(store, 1, 1);
	const later = await lookForDriver("directml", windows);
	expect([later.kind, later]).toEqual(["present", expect.not.objectContaining(first)]);
});

test("on macOS drivers come with the system, and change with it", async () => {
	using root = new TemporaryFolder();
	const versionOf = async (release: string): Promise<unknown> =>
		await lookForDriver("coreml", machine(root, { system: "darwin", release }));
	expect(await versionOf("25.0.0")).toMatchObject({ kind: "present" });
	expect(await versionOf("25.1.0")).not.toEqual(await versionOf("25.0.0"));
});

test("on a system that nobody has thought of there is none", async () => {
	using root = new TemporaryFolder();
	expect(await lookForDriver("webgpu", machine(root, { system: "freebsd" }))).toEqual({
		kind: "absent",
		fault: { kind: "notOffered" },
	});
});
