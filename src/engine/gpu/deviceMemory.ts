import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { GpuProvider } from "./gpuProviders.ts";
import type { Machine } from "./gpuPresence.ts";
import { textOf } from "./textOf.ts";

/** Memory that a graphics card can use, in bytes. */
export interface DeviceMemory {
	readonly totalBytes: number;
	readonly freeBytes: number;
}

/**
 * Memory of the card that a provider would take, as far as the kernel tells it without a driver being loaded: on Linux that of
 * cards whose driver is AMD's. Undefined where nobody knows, as with NVIDIA's, which is another card than the kernel tells of.
 * Never rejects.
 */
export async function lookForDeviceMemory(
	provider: GpuProvider,
	{ system, root }: Machine,
): Promise<DeviceMemory | undefined> {
	if (system !== "linux" || provider === "cuda") {
		return undefined;
	}
	if ((await textOf(join(root, "proc/driver/nvidia/version"))) !== undefined) {
		return undefined;
	}
	const folder = join(root, "sys/class/drm");
	const cards = (await readdir(folder).catch((): string[] => [])).filter((name) =>
		/^card\d+$/.test(name),
	);
	const memories = await Promise.all(cards.map((card) => memoryOf(join(folder, card, "device"))));
	const known = memories.filter((memory) => memory !== undefined);
	// WebGPU asks for the card that is faster, which has more memory where both say how much.
	const [largest] = known.toSorted((a, b) => b.totalBytes - a.totalBytes);
	return known.length === cards.length ? largest : undefined;
}

/**
 * As amdgpu says it (driver-api, "amdgpu sysfs"). Its own memory, and what it may take of the machine's: a card without memory of
 * its own has little of the first, and runs models in the second.
 */
async function memoryOf(device: string): Promise<DeviceMemory | undefined> {
	const number = async (name: string): Promise<number> => {
		const text = await textOf(join(device, name));
		return text !== undefined && /^\d{1,15}\s*$/.test(text) ? Number(text) : NaN;
	};
	const [vram, vramUsed, gtt, gttUsed] = await Promise.all([
		number("mem_info_vram_total"),
		number("mem_info_vram_used"),
		number("mem_info_gtt_total"),
		number("mem_info_gtt_used"),
	]);
	const totalBytes = vram + gtt;
	const freeBytes = Math.max(0, totalBytes - vramUsed - gttUsed);
	return Number.isFinite(freeBytes) ? { totalBytes, freeBytes } : undefined;
}
