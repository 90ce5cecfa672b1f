import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import {
	powerSourceOfPmset,
	powerSourceOfPowerLine,
	powerSourceOfSupplies,
	type PowerSource,
	type PowerSupply,
} from "./powerSource.ts";

/** Where a machine says what it runs on. */
export interface PowerPlaces {
	readonly platform: NodeJS.Platform;
	/** Linux: where the kernel lists batteries and adapters. */
	readonly suppliesFolder: string;
	/** Starts a program of the system and gives what it prints; rejects when it fails or takes too long. */
	readonly outputOf: (program: string, programArguments: readonly string[]) => Promise<string>;
	/** Windows: the folder of the system. */
	readonly windowsFolder: string;
}

export const machinePower: PowerPlaces = {
	platform: process.platform,
	// The variable by which libsysfs is told of another place.
	suppliesFolder: path.join(process.env["SYSFS_PATH"] ?? "/sys", "class/power_supply"),
	outputOf,
	windowsFolder: process.env["SystemRoot"] ?? "C:\\Windows",
};

/** A laptop has two batteries and a handful of ports. */
const maxSupplies = 32;

/** Of a program that prints one line. */
const programTimeoutMs = 10_000;
const maxOutputBytes = 64 * 1024;

/**
 * How long what was read holds, in milliseconds. Files of the kernel and `pmset` cost next to nothing; PowerShell is a large program
 * to start, and no battery is to be spent on that.
 */
export function powerHoldsMs(platform: NodeJS.Platform): number {
	return platform === "win32" ? 300_000 : 30_000;
}

/** Asks the machine. Rejects where it should know and can't be asked; "unknown" on systems that nobody here knows. */
export async function readPowerSource(places: PowerPlaces): Promise<PowerSource> {
	const { platform, suppliesFolder, outputOf: run, windowsFolder } = places;
	if (platform === "linux" || platform === "android") {
		return powerSourceOfSupplies(await readSupplies(suppliesFolder));
	}
	if (platform === "darwin") {
		return powerSourceOfPmset(await run("/usr/bin/pmset", ["-g", "batt"]));
	}
	if (platform === "win32") {
		const program = "System32\\WindowsPowerShell\\v1.0\\powershell.exe";
		return powerSourceOfPowerLine(
			await run(path.win32.join(windowsFolder, program), [
				...["-NoLogo", "-NoProfile", "-NonInteractive", "-Command"],
				"Add-Type -AssemblyName System.Windows.Forms; [System.Windows.Forms.SystemInformation]::PowerStatus.PowerLineStatus",
			]),
		);
	}
	return "unknown";
}

/** Empty in containers, which have no such folder. */
async function readSupplies(folder: string): Promise<readonly PowerSupply[]> {
	const names = await readdir(folder).catch(() => []);
	return await Promise.all(
		names.slice(0, maxSupplies).map(async (name) => {
			const read = (file: string): Promise<string | undefined> =>
				textOf(path.join(folder, name, file));
			const [type, scope, online, status] = await Promise.all(
				["type", "scope", "online", "status"].map(read),
			);
			return { type, scope, online, status };
		}),
	);
}

/** A supply has the files of its kind only, and one that is being unplugged has none. */
async function textOf(file: string): Promise<string | undefined> {
	const text = await readFile(file, "utf8").catch(() => undefined);
	return text?.trim();
}

async function outputOf(program: string, programArguments: readonly string[]): Promise<string> {
	const { stdout } = await promisify(execFile)(program, [...programArguments], {
		timeout: programTimeoutMs,
		maxBuffer: maxOutputBytes,
		windowsHide: true,
	});
	return stdout;
}
