import { describe, expect, test } from "vitest";
import { CoreWaits, waitedMs } from "../../../bench/hostThread/coreWaits.ts";
import { asMarkdown, type HostFindings } from "../../../bench/hostThread/hostReport.ts";
import { stretchesOf, type Profile } from "../../../bench/hostThread/stretches.ts";

const isMote = (url: string): boolean => /\/dist\/extension(?:\/[^/]+)?[.]js$/.test(url);

type Frame = "idle" | "native" | "gc" | "editor" | "mote" | "calledByMote";

const ids: Readonly<Record<Frame, number>> = {
	...{ idle: 2, native: 3, gc: 4, editor: 5, mote: 6, calledByMote: 7 },
};

/** A profile with one sample each millisecond. */
function profileOf(...frames: readonly Frame[]): Profile {
	const node = (
		id: number,
		functionName: string,
		url = "",
		children: number[] = [],
	): Profile["nodes"][number] => ({
		...{ id, children },
		callFrame: { functionName, url, lineNumber: 9, columnNumber: 4 },
	});
	return {
		nodes: [
			node(1, "(root)", "", [2, 3, 4, 5]),
			node(ids.idle, "(idle)"),
			node(ids.native, "(program)"),
			node(ids.gc, "(garbage collector)"),
			node(ids.editor, "fire", "file:///vs/extensionHostProcess.js", [6]),
			node(ids.mote, "provide", "file:///mote/dist/extension.js", [7]),
			node(ids.calledByMote, "readFileSync", "node:fs"),
		],
		...{ startTime: 0, endTime: 1000 * frames.length },
		samples: frames.map((frame) => ids[frame]),
		timeDeltas: frames.map((_, index) => (index === 0 ? 0 : 1000)),
	};
}

function check(frames: readonly Frame[], expected: readonly (readonly [number, number])[]): void {
	const stretches = stretchesOf(profileOf(...frames), isMote);
	expect(stretches.map(({ atMs, ms }) => [atMs, ms])).toEqual(expected);
}

describe("a stretch", () => {
	test("is every sample in a row that the bundle is on the stack of, whatever it called", () =>
		check(
			["idle", "mote", "calledByMote", "mote", "idle", "mote", "idle"],
			[
				[1, 3],
				[5, 1],
			],
		));

	test("goes on through garbage collection and native code, and doesn't end with them", () =>
		check(["mote", "gc", "native", "mote", "gc", "gc", "idle"], [[0, 4]]));

	test("ends where others have the thread, and is none of theirs", () =>
		check(
			["editor", "mote", "editor", "mote", "editor", "gc", "idle"],
			[
				[1, 1],
				[3, 1],
			],
		));

	test("says where most of it was spent", () => {
		const [stretch] = stretchesOf(profileOf("mote", "calledByMote", "calledByMote"), isMote);
		expect(stretch?.mostly).toEqual(["readFileSync node:fs:10:5", "provide extension.js:10:5"]);
	});
});

describe("waiting for a core", () => {
	const waits = [0, 1, 2, 3].map((at) => ({ atUs: 1000 * at, waitedUs: 500 * at }));

	test("is what was counted between looks inside a stretch", () => {
		expect(waitedMs(waits, 900, 3100)).toBe(1);
		expect(waitedMs(waits, 1100, 1900)).toBe(0);
		expect(waitedMs([], 0, 5000)).toBe(0);
	});

	test("goes to the stretch in which it was", () => {
		const [first, second] = stretchesOf(profileOf("mote", "mote", "mote", "idle", "mote"), isMote, [
			{ atUs: 0, waitedUs: 0 },
			{ atUs: 2500, waitedUs: 2000 },
			{ atUs: 9000, waitedUs: 2000 },
		]);
		expect([first?.waitedMs, second?.waitedMs]).toEqual([2, 0]);
	});

	test("is counted of a thread that runs", () => {
		const counted = new CoreWaits(process.pid).end();
		expect(counted.length).toBeGreaterThanOrEqual(2);
		expect(counted.every(({ atUs, waitedUs }) => atUs > 0 && waitedUs >= 0)).toBe(true);
	});
});

describe("the report", () => {
	const findings: HostFindings = {
		date: "2026-01-01T00:00:00.000Z",
		machine: { processor: "A", instructionSets: [], logicalCores: 2, platform: "linux/x64" },
		load: { before: 0, after: 1 },
		activationsMs: [140, 120, 200],
		phases: [
			{
				...{ name: "start", durationMs: 2000, delays: { p50: 1, p99: 2, longest: 90 } },
				stretches: [{ atMs: 1, ms: 80, waitedMs: 70, mostly: ["activate extension.js:1:1"] }],
			},
			{
				...{ name: "CSS", durationMs: 9000, delays: { p50: 1, p99: 2, longest: 30 } },
				stretches: [{ atMs: 1, ms: 7, waitedMs: 2, mostly: ["provide extension.js:1:1"] }],
			},
		],
	};

	test("holds the median of activation, and of stretches those while something is typed", () => {
		const text = asMarkdown(findings);
		expect(text).toContain("median 140 ms, 120 to 200 ms; asked for are 150: met");
		expect(text).toContain("while something is typed: 7 ms; asked for are 16: met");
		expect(text).toContain("waited for a core, as Linux counts it: 5 ms");
		expect(text).toContain("| start | 2 | 1 | 80 | 80 | 1 | 1 | 0 | 2 | 90 |");
	});

	test("says what was missed", () => {
		const [start, typing] = findings.phases;
		const slow = typing && { ...typing, stretches: [{ atMs: 1, ms: 17, waitedMs: 2, mostly: [] }] };
		const phases = [start, slow].filter((phase) => phase !== undefined);
		const text = asMarkdown({ ...findings, activationsMs: [151], phases });
		expect(text.match(/\*\*missed\*\*/g)).toHaveLength(2);
	});

	test("of a part without any stretch has zeros", () => {
		const [start] = findings.phases;
		const phases = start === undefined ? [] : [{ ...start, name: "JSON", stretches: [] }];
		expect(asMarkdown({ ...findings, phases })).toContain(
			"| JSON | 2 | 0 | 0 | 0 | 0 | 0 | 0 | 2 | 90 |",
		);
	});
});
