import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { release } from "node:os";
import { basename, delimiter, isAbsolute, join } from "node:path";
import * as z from "zod";
import type { Presence } from "./chooseBackend.ts";
import type { GpuProvider } from "./gpuProviders.ts";
import { textOf } from "./textOf.ts";

/** Where to look, as a seam: tests give a folder of their own. */
export interface Machine {
	/** `process.platform`. */
	readonly system: string;
	/** `process.arch`. */
	readonly arch: string;
	/** Of the file system. */
	readonly root: string;
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Of the kernel: `os.release()`. */
	readonly release: string;
}

/** The one that this process runs on. */
export const thisMachine = (): Machine => ({
	system: process.platform,
	arch: process.arch,
	root: "/",
	env: process.env,
	release: release(),
});

/**
 * Whether a driver is there that a provider could use, by what lies in the file system: nothing is loaded, no program is run, and
 * nothing is asked that could hang. Never rejects.
 */
export async function lookForDriver(provider: GpuProvider, machine: Machine): Promise<Presence> {
	switch (machine.system) {
		case "linux":
			return await lookOnLinux(provider, machine);
		case "win32":
			// Part of the system, as are the drivers that it calls.
			return present([machine.release, await installedDrivers(machine)]);
		case "darwin":
			return present([machine.release]);
		default:
			return { kind: "absent", fault: { kind: "notOffered" } };
	}
}

async function lookOnLinux(provider: GpuProvider, machine: Machine): Promise<Presence> {
	const nvidia = await textOf(join(machine.root, "proc/driver/nvidia/version"));
	if (provider === "cuda") {
		return nvidia === undefined ? noDevice : present([nvidia]);
	}
	const drivers = await vulkanDrivers(machine);
	return drivers.length === 0 ? noDevice : present([machine.release, nvidia ?? "", ...drivers]);
}

const noDevice: Presence = { kind: "absent", fault: { kind: "noDevice" } };

/** Long texts as one that is short, and changes when they do. */
function present(parts: readonly string[]): Presence {
	const hash = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
	return { kind: "present", version: hash.slice(0, 16) };
}

/** Mesa's driver that computes on the processor, where Mote's own kernels are faster. */
const softwareDriver = "lvp_icd";

/** The loader's own search paths (LoaderDriverInterface.md of Vulkan-Loader). */
const vulkanFolders = [
	"etc/vulkan/icd.d",
	"usr/local/etc/vulkan/icd.d",
	"usr/local/share/vulkan/icd.d",
	"usr/share/vulkan/icd.d",
];

const libraryFolders = [
	"usr/lib/x86_64-linux-gnu",
	"usr/lib/aarch64-linux-gnu",
	"usr/lib64",
	"usr/lib",
];

/** Each as a text that changes when the driver does. */
async function vulkanDrivers({ root, env }: Machine): Promise<readonly string[]> {
	const named = env["VK_DRIVER_FILES"] ?? env["VK_ICD_FILENAMES"];
	const files =
		named === undefined || named === ""
			? (await Promise.all(vulkanFolders.map((folder) => filesIn(join(root, folder))))).flat()
			: named.split(delimiter);
	const drivers = files.filter((path) => !basename(path).startsWith(softwareDriver));
	return (await Promise.all(drivers.map((path) => describeDriver(root, path)))).filter(
		(found) => found !== undefined,
	);
}

const driverSchema = z.object({ ICD: z.object({ library_path: z.string().max(4096) }) });

async function describeDriver(root: string, path: string): Promise<string | undefined> {
	const text = await textOf(path);
	if (text === undefined) {
		return undefined;
	}
	const library = libraryNamedIn(text);
	const places =
		library === undefined
			? []
			: isAbsolute(library)
				? [library]
				: libraryFolders.map((folder) => join(root, folder, library));
	const states = await Promise.all([path, ...places].map(stateOf));
	return [path, ...states].join(" ");
}

function libraryNamedIn(text: string): string | undefined {
	try {
		return driverSchema.safeParse(JSON.parse(text)).data?.ICD.library_path;
	} catch {
		// The loader doesn't read it either; that it is there says enough.
		return undefined;
	}
}

/** When a driver was installed the last time, of whatever device. */
async function installedDrivers({ env }: Machine): Promise<string> {
	const folder = env["SystemRoot"] ?? "C:\\Windows";
	return await stateOf(join(folder, "System32", "DriverStore", "FileRepository"));
}

async function stateOf(path: string): Promise<string> {
	const found = await stat(path).catch(() => undefined);
	return found === undefined ? "none" : `${found.size} ${found.mtimeMs}`;
}

async function filesIn(folder: string): Promise<readonly string[]> {
	const names = await readdir(folder).catch((): string[] => []);
	return names.filter((name) => name.endsWith(".json")).map((name) => join(folder, name));
}
