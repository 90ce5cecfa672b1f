import { expect, test } from "vitest";
import { defaultThreads, sessionOptions } from "../../../../src/engine/ort/sessionOptions.ts";

test.each([
	[1, "x64", 1],
	[2, "x64", 2],
	[3, "x64", 2],
	[8, "x64", 4],
	[64, "x64", 8],
	[1, "arm64", 1],
	[6, "arm64", 6],
	[12, "arm64", 8],
])("%d logical cores of %s get %d threads", (cores, architecture, threads) => {
	expect(defaultThreads(cores, architecture)).toBe(threads);
});

test("sessions use the threads they are given", () => {
	expect(sessionOptions(3)).toMatchObject({ intraOpNumThreads: 3, interOpNumThreads: 1 });
});
