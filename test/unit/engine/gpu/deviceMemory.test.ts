import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { lookForDeviceMemory, type DeviceMemory } from "../../../../src/engine/gpu/deviceMemory.ts";
import type { GpuProvider } from "../../../../src/engine/gpu/gpuProviders.ts";
import { TemporaryFolder } from "../../../support/temporaryFolder.ts";

const gb = 1e9;

/** Files of amdgpu for a card, in gigabytes. */
function amd(
	card: string,
	[vram, vramUsed, gtt, gttUsed]: readonly [number, number, number, number],
): Readonly<Record<string, string>> {
	const device = `sys/class/drm/${card}/device`;
	return {
		[`${device}/mem_info_vram_total`]: `${vram * gb}\n`,
		[`${device}/mem_info_vram_used`]: `${vramUsed * gb}\n`,
		[`${device}/mem_info_gtt_total`]: `${gtt * gb}\n`,
		[`${device}/mem_info_gtt_used`]: `${gttUsed * gb}\n`,
	};
}

const other = (card: string) => ({ [`sys/class/drm/${card}/device/vendor`]: "0x8086\n" });

async function memoryWith(
	files: Readonly<Record<string, string>>,
	provider: GpuProvider = "webgpu",
	system = "linux",
): Promise<DeviceMemory | undefined> {
	using root = new TemporaryFolder();
	for (const [path, text] of Object.entries(files)) {
		const file = join(root.path, path);
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, text);
	}
	return await lookForDeviceMemory(provider, {
		...{ system, root: root.path, arch: "x64", env: {}, release: "6.1.0" },
	});
}

describe("the memory of a graphics card", () => {
	test.each<[string, Readonly<Record<string, string>>, DeviceMemory | undefined]>([
		[
			"is its own and what it may take of the machine's",
			amd("card0", [8, 3, 16, 1]),
			{ totalBytes: 24 * gb, freeBytes: 20 * gb },
		],
		[
			"is that of the larger of two",
			{ ...amd("card0", [0.5, 0.25, 8, 0]), ...amd("card1", [16, 2, 16, 0]) },
			{ totalBytes: 32 * gb, freeBytes: 30 * gb },
		],
		[
			"doesn't count what its connectors are called",
			{ ...amd("card0", [8, 3, 16, 1]), "sys/class/drm/card0-HDMI-A-1/status": "connected" },
			{ totalBytes: 24 * gb, freeBytes: 20 * gb },
		],
		["is never less than none", amd("card0", [1, 9, 1, 0]), { totalBytes: 2 * gb, freeBytes: 0 }],
		[
			"is not known where a card doesn't tell",
			{ ...amd("card0", [8, 3, 16, 1]), ...other("card1") },
			undefined,
		],
		[
			"is not known beside a driver that the kernel doesn't see through",
			{ ...amd("card0", [8, 3, 16, 1]), "proc/driver/nvidia/version": "NVRM version: 580" },
			undefined,
		],
		[
			"is not known where a number is none",
			{ ...amd("card0", [8, 3, 16, 1]), "sys/class/drm/card0/device/mem_info_vram_used": "many" },
			undefined,
		],
		["is not known without a card", {}, undefined],
	])("%s", async (_, files, memory) => {
		expect(await memoryWith(files)).toEqual(memory);
	});

	test("is nobody's but WebGPU's on Linux", async () => {
		const files = amd("card0", [8, 3, 16, 1]);
		expect(await memoryWith(files, "cuda")).toBeUndefined();
		expect(await memoryWith(files, "webgpu", "darwin")).toBeUndefined();
	});
});
