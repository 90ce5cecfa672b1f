import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
	powerSourceOfPmset,
	powerSourceOfPowerLine,
	powerSourceOfSupplies,
	type PowerSupply,
} from "../../../../src/extension/manners/powerSource.ts";
import {
	readPowerSource,
	type PowerPlaces,
} from "../../../../src/extension/manners/readPowerSource.ts";
import { TemporaryFolder } from "../../../support/temporaryFolder.ts";

function supply(type: string, parts: Partial<PowerSupply> = {}): PowerSupply {
	return { type, scope: undefined, online: undefined, status: undefined, ...parts };
}

const plugged = supply("Mains", { online: "1" });
const unplugged = supply("Mains", { online: "0" });
const battery = (status: string): PowerSupply => supply("Battery", { status });

test.each<[string, readonly PowerSupply[], string]>([
	["a container without supplies", [], "unknown"],
	["a desktop", [plugged], "mains"],
	["a desktop whose adapter says nothing", [supply("Mains")], "mains"],
	["a laptop that is plugged in", [plugged, battery("Charging")], "mains"],
	["a laptop that is full", [plugged, battery("Full")], "mains"],
	["a laptop that is unplugged", [unplugged, battery("Discharging")], "battery"],
	["a battery that doesn't say what it does", [unplugged, battery("Unknown")], "battery"],
	["a charger that is weaker than the machine", [plugged, battery("Discharging")], "mains"],
	["power by USB-C", [unplugged, supply("USB", { online: "1" }), battery("Charging")], "mains"],
	["USB-C that can be programmed", [supply("USB", { online: "2" }), battery("Full")], "mains"],
	["a charger that isn't listed", [battery("Charging")], "mains"],
	["a tablet without adapters", [battery("Discharging")], "battery"],
	["a tablet that is full", [battery("Full")], "unknown"],
	[
		"two batteries, one at rest",
		[unplugged, battery("Not charging"), battery("Discharging")],
		"battery",
	],
	[
		"a desktop with a mouse without a wire",
		[supply("Battery", { scope: "Device", status: "Discharging" })],
		"unknown",
	],
	["a supply for emergencies", [supply("UPS", { status: "Discharging" })], "unknown"],
	["a folder that was gone meanwhile", [{ ...supply(""), type: undefined }], "unknown"],
])("Linux: %s", (_what, supplies, expected) => {
	expect(powerSourceOfSupplies(supplies)).toBe(expected);
});

test.each([
	["Now drawing from 'AC Power'\n -InternalBattery-0 (id=1)\t100%; charged;", "mains"],
	["Now drawing from 'Battery Power'\n -InternalBattery-0 (id=1)\t95%; discharging;", "battery"],
	["Now drawing from 'UPS Power'\n", "battery"],
	["Now drawing from 'Moon Power'\n", "unknown"],
	["", "unknown"],
])("macOS: %s", (output, expected) => {
	expect(powerSourceOfPmset(output)).toBe(expected);
});

test.each([
	["Online\r\n", "mains"],
	["Offline\r\n", "battery"],
	["Unknown\r\n", "unknown"],
	["Add-Type : not found", "unknown"],
])("Windows: %s", (output, expected) => {
	expect(powerSourceOfPowerLine(output)).toBe(expected);
});

describe("asking the machine", () => {
	const folder = new TemporaryFolder();
	afterAll(() => folder[Symbol.dispose]());

	const placesOf = (parts: Partial<PowerPlaces>): PowerPlaces => ({
		platform: "linux",
		suppliesFolder: path.join(folder.path, "power_supply"),
		outputOf: () => Promise.reject(new Error("nothing is to be started")),
		windowsFolder: "C:\\Windows",
		...parts,
	});

	test("Linux: the kernel's files are read, whatever is missing of them", async () => {
		const write = (name: string, files: Readonly<Record<string, string>>): void => {
			for (const [file, text] of Object.entries(files)) {
				folder.write(`power_supply/${name}/${file}`, `${text}\n`);
			}
		};
		expect(await readPowerSource(placesOf({}))).toBe("unknown");
		write("AC", { type: "Mains", online: "0" });
		write("BAT0", { type: "Battery", status: "Discharging" });
		write("hid-mouse", { type: "Battery", scope: "Device", status: "Charging" });
		write("gone", { uevent: "" });
		expect(await readPowerSource(placesOf({}))).toBe("battery");
		write("AC", { online: "1" });
		expect(await readPowerSource(placesOf({}))).toBe("mains");
	});

	test.each<[NodeJS.Platform, string, string]>([
		["darwin", "/usr/bin/pmset", "Now drawing from 'Battery Power'\n"],
		["win32", "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe", "Offline\r\n"],
	])("%s: a program of the system's own folder is asked", async (platform, expected, output) => {
		const started: string[] = [];
		const outputOf = (program: string): Promise<string> => {
			started.push(program);
			return Promise.resolve(output);
		};
		expect(await readPowerSource(placesOf({ platform, outputOf }))).toBe("battery");
		expect(started).toEqual([expected]);
	});

	test("a system that nobody here knows is not asked", async () => {
		expect(await readPowerSource(placesOf({ platform: "freebsd" }))).toBe("unknown");
	});
});
