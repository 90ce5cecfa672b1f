import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesOf, fileName, finished, runDownload, wanted } from "../support/hubDownload.ts";
import { ScriptedHub, type HubFaultScript } from "../support/scriptedHub.ts";
import { TemporaryFolder } from "../support/temporaryFolder.ts";

const anyBytes = fc.nat({ max: 60_000 });
const anyFault: fc.Arbitrary<HubFaultScript> = fc.oneof(
	{
		weight: 4,
		arbitrary: fc.record({
			kind: fc.constant("cut" as const),
			afterBytes: anyBytes,
			isHeard: fc.boolean(),
		}),
	},
	fc.record({ kind: fc.constant("shortClean" as const), bytes: anyBytes }),
	fc.record({
		kind: fc.constant("status" as const),
		status: fc.constantFrom(400, 401, 403, 404, 408, 416, 418, 429, 500, 503),
		headers: fc.constantFrom<Readonly<Record<string, string>>>(
			{},
			{ "retry-after": "3" },
			{ "retry-after": "99999" },
			{ "retry-after": "soon" },
		),
	}),
	fc.record({
		kind: fc.constant("redirect" as const),
		location: fc.constantFrom(`/stored/${fileName}`, "/nowhere", "ftp://x.example/", "::", ""),
		status: fc.constantFrom(301, 302, 307, 308),
	}),
	fc.constant<HubFaultScript>({ kind: "ignoreRange" }),
	fc.record({ kind: fc.constant("wrongRange" as const), shift: fc.integer({ min: -9, max: 9 }) }),
	fc.record({ kind: fc.constant("flipByte" as const), at: anyBytes }),
	fc.record({
		kind: fc.constant("extraBytes" as const),
		bytes: fc.integer({ min: 1, max: 99_999 }),
		declared: fc.boolean(),
	}),
	fc.constantFrom<HubFaultScript>(
		{ kind: "endless" },
		{ kind: "garbage" },
		{ kind: "hangUp" },
		{ kind: "otherPage" },
	),
);

const anyScript = fc.record({
	bytes: fc.nat({ max: 120_000 }),
	faults: fc.oneof(
		{ weight: 3, arbitrary: fc.array(anyFault, { minLength: 1, maxLength: 10 }) },
		anyFault.map((fault) => Array.from({ length: 20 }, () => fault)),
	),
	/** What an earlier process left: so much of the right content, or of another. */
	kept: fc.option(fc.record({ bytes: anyBytes, isRight: fc.boolean() }), { nil: undefined }),
	pauseAtBytes: fc.option(anyBytes, { nil: undefined }),
});

type Script = typeof anyScript extends fc.Arbitrary<infer Value> ? Value : never;

const always = (fault: HubFaultScript): HubFaultScript[] => Array.from({ length: 20 }, () => fault);
const undisturbed: Script = {
	bytes: 100_000,
	faults: [],
	kept: undefined,
	pauseAtBytes: undefined,
};

/** One for each way that a download can end, so that none is left to chance. */
const examples: readonly Script[] = [
	undisturbed,
	{ ...undisturbed, pauseAtBytes: 1 },
	{ ...undisturbed, faults: always({ kind: "hangUp" }) },
	{ ...undisturbed, faults: always({ kind: "flipByte", at: 7 }) },
	{ ...undisturbed, faults: always({ kind: "status", status: 401 }) },
];

test("every download ends whole and verified, or with a clear error, and can be gone on with", async () => {
	const outcomes = new Set<string>();
	await fc.assert(
		fc.asyncProperty(anyScript, async ({ bytes, faults, kept, pauseAtBytes }) => {
			const content = bytesOf(bytes);
			const file = wanted(content);
			await using hub = await ScriptedHub.start({ [fileName]: content });
			using folder = new TemporaryFolder(
				kept === undefined
					? {}
					: {
							[`${fileName}.part`]: kept.isRight
								? content.subarray(0, kept.bytes)
								: bytesOf(bytes + 1).subarray(0, kept.bytes),
						},
			);
			hub.faults.push(...faults);
			const run = await runDownload(hub, {
				folder: folder.path,
				file,
				...(pauseAtBytes !== undefined && { pauseAtBytes }),
			});
			outcomes.add(run.outcome);
			if (run.outcome === "whole") {
				expect(finished(folder.path)?.equals(content)).toBe(true);
				expect(folder.list()).toEqual([fileName]);
				return;
			}
			expect(finished(folder.path)).toBeUndefined();
			if (run.outcome !== "paused") {
				expect(run.message).toMatch(/^[^\n]{20,300}[.]$/);
			}
			hub.faults.length = 0;
			const again = await runDownload(hub, { folder: folder.path, file });
			expect(again.outcome).toBe("whole");
			expect(finished(folder.path)?.equals(content)).toBe(true);
			expect(folder.list()).toEqual([fileName]);
		}),
		{ numRuns: 200, examples: examples.map((example) => [example]) },
	);
	// Otherwise the scripts would prove little.
	expect([...outcomes]).toEqual(
		expect.arrayContaining(["whole", "paused", "hubUnreachable", "hubInvalid", "accessDenied"]),
	);
});
