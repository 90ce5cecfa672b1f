import { expect, test } from "vitest";
import { cacheFolder } from "../../../src/base/cacheFolder.ts";

const home = "/home/somebody";

test("caches lie where the system has them", () => {
	const environment = {};
	expect(cacheFolder({ platform: "linux", environment, home })).toBe("/home/somebody/.cache/mote");
	expect(cacheFolder({ platform: "darwin", environment, home })).toBe(
		"/home/somebody/Library/Caches/mote",
	);
	expect(cacheFolder({ platform: "win32", environment, home })).toMatch(
		/somebody.AppData.Local.mote.cache$/,
	);
});

test("what the user has set counts, unless it is a relative path", () => {
	const on = (platform: NodeJS.Platform, environment: Record<string, string>): string =>
		cacheFolder({ platform, environment, home });
	expect(on("linux", { XDG_CACHE_HOME: "/fast/cache" })).toBe("/fast/cache/mote");
	expect(on("linux", { XDG_CACHE_HOME: "cache" })).toBe("/home/somebody/.cache/mote");
	expect(on("linux", { XDG_CACHE_HOME: "" })).toBe("/home/somebody/.cache/mote");
	expect(on("win32", { LOCALAPPDATA: "D:/data" })).toMatch(/^D:.data.mote.cache$/);
});
