import { expect, test } from "vitest";
import {
	availableInCgroup,
	availableInMeminfo,
	availableInVmStat,
	cgroupPlaces,
} from "../../../src/model/memoryReports.ts";

test("Linux says what can be had without swapping, not only what is unused", () => {
	const text = "MemTotal:       24684536 kB\nMemFree:  6359316 kB\nMemAvailable:   19594240 kB\n";
	expect(availableInMeminfo(text)).toBe(19_594_240 * 1024);
	expect(availableInMeminfo("MemTotal: 1 kB\n")).toBeUndefined();
});

test("on a Mac inactive and speculative pages are free as well", () => {
	const text = [
		"Mach Virtual Memory Statistics: (page size of 16384 bytes)",
		"Pages free:                               12345.",
		"Pages active:                            300000.",
		"Pages inactive:                          200000.",
		"Pages speculative:                         1000.",
		"Pages purgeable:                            777.",
	].join("\n");
	expect(availableInVmStat(text)).toBe((12_345 + 200_000 + 1000) * 16_384);
	expect(availableInVmStat("")).toBeUndefined();
});

test.each([
	["no limit", "max\n", "5", "", Infinity],
	["what is used is taken off", "1000\n", "400\n", "", 600],
	["pages of files are free", "1000", "900", "anon 300\ninactive_file 500\nactive_file 100\n", 700],
	[
		"the first version counts descendants in its totals",
		"1000",
		"900",
		"inactive_file 1\nactive_file 1\ntotal_inactive_file 500\ntotal_active_file 100\n",
		700,
	],
	["never below nothing", "1000", "1200", "", 0],
	["more pages of files than use", "1000", "100", "inactive_file 500", 1000],
	["no such files", "", "", "", undefined],
	["a limit without its use", "1000", "", "", undefined],
])("a control group's room: %s", (_, limit, usage, statistics, expected) => {
	expect(availableInCgroup({ limit, usage, statistics })).toBe(expected);
});

test.each([
	[
		"version 2",
		"0::/user.slice/app.scope\n",
		["/sys/fs/cgroup", "/sys/fs/cgroup/user.slice", "/sys/fs/cgroup/user.slice/app.scope"],
	],
	["the topmost group", "0::/\n", ["/sys/fs/cgroup"]],
	[
		"version 1, among other controllers",
		"9:name=systemd:/\n5:cpu,cpuacct:/a\n4:memory:/docker/f00\n",
		["/sys/fs/cgroup/memory", "/sys/fs/cgroup/memory/docker", "/sys/fs/cgroup/memory/docker/f00"],
	],
	["a path out of the container", "0::/../../x\n", ["/sys/fs/cgroup", "/sys/fs/cgroup/x"]],
	["nothing that is known", "garbage\n", []],
])("the groups that bound a process: %s", (_, text, folders) => {
	expect(cgroupPlaces(text).map(({ folder }) => folder)).toEqual(folders);
});
